"""Run by each kernel, too: a learner's own list of extensions takes the place of ours."""

get_ipython().extension_manager.load_extension("roundtrip.guard")  # noqa: F821
