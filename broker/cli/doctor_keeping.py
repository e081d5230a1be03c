"""``broker doctor`` on what keeps ends and records when something breaks: the late records and the backups; and on what is erased."""

from __future__ import annotations

from collections.abc import Sequence

import click

from broker.access.late.examine import examine_spool
from broker.access.late.folder_spool import FolderSpool
from broker.backup.examine import examine_backups
from broker.retention.examine import examine_retention
from broker.sites.finding import Finding
from broker.web.parts import Parts


def examine_keeping(parts: Parts) -> bool:
    """Whether all is well."""
    click.secho("Ends of access when nothing can be written, backups, and what is erased", bold=True)
    spool, now = parts.equipment.spool, parts.clock.wall()
    findings: Sequence[Finding] = examine_backups(parts.settings, now)
    if isinstance(spool, FolderSpool):
        findings = [*examine_spool(spool, now), *findings]
    with parts.store.read() as reader:
        findings = [*findings, examine_retention(reader, parts.catalog.keeping.notes)]
    for finding in findings:
        click.echo(f"  {'ok   ' if finding.good else 'WRONG'}  {finding.words}")
    return all(finding.good for finding in findings)
