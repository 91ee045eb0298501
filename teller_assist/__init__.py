"""柜面核身助手: an identity assistant for the teller's counter. It assists; the teller decides."""

import os

# Since 1.29 onnxruntime reports to its maker what models it runs, and keeps a device number and a data base of reports in the
# user's folder. It looks at this when it is loaded, so it stands before everything else. Nothing leaves a counter unasked.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"


__version__ = "0.1.0"
