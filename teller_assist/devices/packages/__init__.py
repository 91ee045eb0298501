"""Signed packages of device plugins (``.tadp``): made by a publisher, judged and laid down here, the previous one kept.

layout      names in a package, and which paths it may hold
packing     folder -> package, signed
archive     package -> judged, unpacked
authority   an unpacked plugin's files are the signed ones: asked before every start
store       which version of which plugin is installed
skeleton    a folder to begin a plugin with
start_mark  whether the last start of the station finished
"""
