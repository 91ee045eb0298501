"""Documents from a scan: found, rectified, recognised in a process of its own, read field by field, held against the chip."""
