"""Everything that the teller may wish for in the panel, as signals: what hangs on them is the window's matter."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QWidget


class TellerWishes(QWidget):
    """The signals of ``Panel``."""

    sign_on = pyqtSignal(str)
    sign_on_with = pyqtSignal(str, object)  # login, Personal[str]
    begin = pyqtSignal()
    go_on = pyqtSignal()  # with a further person of the same business
    role_chosen = pyqtSignal(object)  # PersonRole
    identity_stated = pyqtSignal(object, str, str)  # NoChip, name, number
    chip_wanted = pyqtSignal(object)  # a travel document's: ChipAccess
    bank_card_wanted = pyqtSignal()
    bank_card_stopped = pyqtSignal()
    chip_stopped = pyqtSignal()  # it is not waited for any more
    scan_wanted = pyqtSignal()  # of the document on the scanner
    box_drawn = pyqtSignal(tuple)  # Box: where the document lies on the newest scan
    field_settled = pyqtSignal(object, object)  # FieldName, Personal[str]
    card_put_aside = pyqtSignal()  # another one is to be read
    authority_wanted = pyqtSignal()  # once more
    absence_noted = pyqtSignal()  # the holder is not here, somebody acts for them
    business_chosen = pyqtSignal(object)  # BusinessKind
    consent_given = pyqtSignal()
    consent_refused = pyqtSignal()
    notice_wanted = pyqtSignal()  # on paper, to read and sign
    face_path_left = pyqtSignal()  # documents instead, although the customer agreed
    judged_first = pyqtSignal(object)  # TellerJudgement
    training_asked_for = pyqtSignal()
    training_judged = pyqtSignal(object)  # TellerJudgement
    training_ended = pyqtSignal()
    training_forgotten = pyqtSignal()
    answer_noted = pyqtSignal(object, bool)  # ChallengeQuestion, answered rightly
    face_pointed_at = pyqtSignal(float, float)  # shares of the preview's picture
    picture_wanted = pyqtSignal()  # now, not the best of the next ones
    import_wanted = pyqtSignal()  # a picture from a file
    retake = pyqtSignal()
    decided = pyqtSignal(object, str, str, tuple)  # TellerDecision, reason, second teller, documents
    signed_with = pyqtSignal(str, object)  # PASS, with a second teller's login and Personal[str]
    undone = pyqtSignal()
    abandoned = pyqtSignal()
    review_settled = pyqtSignal(str, object, str, tuple)  # case id, ReviewAct, second teller, documents
    review_signed_with = pyqtSignal(str, str, object)  # case id, with a second teller's login and Personal[str]
    next_customer = pyqtSignal()
    lock = pyqtSignal()
    collapse = pyqtSignal()
    devices_wanted = pyqtSignal()  # more about the devices than their chips say
    device_test_wanted = pyqtSignal(str, bool)  # which device, confirmed although a customer is being served
    device_test_stopped = pyqtSignal()
    language_chosen = pyqtSignal(str)
    theme_chosen = pyqtSignal(str)
    text_wanted = pyqtSignal()  # a form with a text field has opened: the keyboard is needed
