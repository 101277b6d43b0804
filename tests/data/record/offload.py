# SPDX-License-Identifier: Apache-2.0
"""offload: switch off what a virtual card would put off.

A veth hands over packets without checksums and larger than the wire allows,
because nobody will look. We look: every packet in the capture has to be one
that a real network could have carried. Usage: offload.py INTERFACE...
"""
import array
import fcntl
import socket
import struct
import sys

SIOCETHTOOL = 0x8946
# ETHTOOL_S...: receive and send checksums, scatter-gather, TSO, GSO, GRO
SWITCHES = (0x15, 0x17, 0x19, 0x1F, 0x24, 0x2C)

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    for name in sys.argv[1:]:
        for switch in SWITCHES:
            value = array.array("B", struct.pack("=II", switch, 0))
            at, _ = value.buffer_info()
            request = struct.pack("16sP16x", name.encode(), at)
            try:
                fcntl.ioctl(sock, SIOCETHTOOL, request)
            except OSError as e:
                # Some switches are fixed; checksums must not be.
                if switch == 0x17:
                    sys.exit(f"{name}: checksums stay off: {e}")
