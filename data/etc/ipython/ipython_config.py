"""Read by every kernel of the environment that the course is installed in (`sys.prefix`/etc)."""

c = get_config()  # noqa: F821
c.InteractiveShellApp.extensions.append("roundtrip.guard")
c.IPKernelApp.log_level = "ERROR"  # it would warn of each kernel that it is not encrypted
