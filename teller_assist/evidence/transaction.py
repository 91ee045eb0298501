"""One customer's transaction at the counter: its closed lists."""

from __future__ import annotations

from enum import StrEnum


class BusinessKind(StrEnum):
    """What the customer came for."""

    ACCOUNT_OPENING = "account_opening"  # 开户
    ACTIVATION = "activation"  # 激活
    LOSS_REPORT = "loss_report"  # 挂失
    LOSS_RELEASE = "loss_release"  # 解挂
    PASSWORD_RESET = "password_reset"  # noqa: S105 (a kind of business) 密码重置
    LARGE_WITHDRAWAL = "large_withdrawal"  # 大额取款
    ACCOUNT_CLOSING = "account_closing"  # 销户


class PersonRole(StrEnum):
    """As who a person at the counter is checked; a transaction may have several persons, each checked by itself."""

    HOLDER = "holder"  # 本人: whose account it is
    AGENT = "agent"  # 代理人: acts for the holder
    GUARDIAN = "guardian"  # 监护人: acts for a holder who is under age


class ConsentBasis(StrEnum):
    """What permits the camera's frames to be measured; without one of these no detector runs."""

    SEPARATE_CONSENT = "separate_consent"  # the customer agreed, recorded by the teller
    GUARDIAN_CONSENT = "guardian_consent"  # the guardian agreed for a customer who is too young to, recorded by the teller
    LEGAL_BASIS = "legal_basis"  # the bank's own legal basis, by setting


class TellerDecision(StrEnum):
    """What the teller did; the product never decides."""

    PASS = "pass"  # noqa: S105 (a decision) 通过
    REFER = "refer"  # 转复核
    REJECT = "reject"  # 拒绝


class TellerJudgement(StrEnum):
    """The teller's own look at the pictures on a seven-point scale, given before the product's reading is shown."""

    SURELY_DIFFERENT = "surely_different"
    PROBABLY_DIFFERENT = "probably_different"
    PERHAPS_DIFFERENT = "perhaps_different"
    CANNOT_SAY = "cannot_say"
    PERHAPS_SAME = "perhaps_same"
    PROBABLY_SAME = "probably_same"
    SURELY_SAME = "surely_same"

    @property
    def point(self) -> int:
        """From -3, surely different persons, to 3, surely the same one."""
        return list(TellerJudgement).index(self) - 3
