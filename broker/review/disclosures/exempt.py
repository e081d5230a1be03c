"""Which accesses the law would let an accounting leave out, and under which letter."""

from __future__ import annotations

from collections.abc import Mapping

_TREATMENT = ("TREAT", "COC", "ETREAT", "BTG", "ERTREAT")
_PAYMENT = ("HPAYMT", "CLMATTCH", "COVAUTH", "COVERAGE", "ELIGDTRM", "ELIGVER", "ENROLLM", "REMITADV")
_OPERATIONS = (
    *("HOPERAT", "CAREMGT", "FRAUD", "HACCRED", "HCOMPL", "HLEGAL", "HOUTCOMS", "HQUALIMP", "HSYSADMIN"),
    *("MEMADMIN", "PATADMIN", "PATSFTY", "PERFMSR", "RECORDMGT", "TRAIN"),
)

# 45 CFR 164.528(a)(1)(i).
_EXEMPT: Mapping[str, str] = {
    **dict.fromkeys(_TREATMENT, "treatment"),
    **dict.fromkeys(_PAYMENT, "payment"),
    **dict.fromkeys(_OPERATIONS, "health care operations"),
}


def exempt_as(purpose_code: str) -> str:
    """``treatment``, ``payment`` or ``health care operations``; empty for what has to be accounted for."""
    return _EXEMPT.get(purpose_code, "")
