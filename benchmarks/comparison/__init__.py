"""The comparison of NodeDns with the limit program and with its peers (see ../compare)."""
