"""What the reference bank is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reference_bank.faults import FaultPlan


@dataclass(frozen=True)
class BankConfig:
    """Settings of one running bank; the table in README.md names the variables."""

    database: Path
    operator_token: str | None = None  # None: nobody may use the operator's endpoints
    issuer_keys: Path | None = None  # a folder of <key id>.pem files with an "Issuer:" line
    faults: FaultPlan = field(default_factory=FaultPlan)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "BankConfig":
        """Read the REFERENCE_BANK_ variables, or raise ValueError for a senseless fault plan."""
        keys = environment.get("REFERENCE_BANK_ISSUER_KEYS")
        return cls(
            database=Path(
                environment.get("REFERENCE_BANK_DATABASE") or "var/reference_bank.sqlite3"
            ),
            operator_token=environment.get("REFERENCE_BANK_OPERATOR_TOKEN") or None,
            issuer_keys=Path(keys) if keys else None,
            faults=FaultPlan.model_validate_json(environment.get("REFERENCE_BANK_FAULTS") or "{}"),
        )
