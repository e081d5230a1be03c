"""``broker doctor`` on what keeps ends and records when something breaks: the late records and the backups."""

from __future__ import annotations

from collections.abc import Sequence

import click

from broker.access.late.examine import examine_spool
from broker.access.late.folder_spool import FolderSpool
from broker.backup.examine import examine_backups
from broker.sites.finding import Finding
from broker.web.parts import Parts


def examine_keeping(parts: Parts) -> bool:
    """Whether all is well."""
    click.secho("Ends of access when nothing can be written, and backups", bold=True)
    spool, now = parts.equipment.spool, parts.clock.wall()
    findings: Sequence[Finding] = examine_backups(parts.settings, now)
    if isinstance(spool, FolderSpool):
        findings = [*examine_spool(spool, now), *findings]
    for finding in findings:
        click.echo(f"  {'ok   ' if finding.good else 'WRONG'}  {finding.words}")
    return all(finding.good for finding in findings)
