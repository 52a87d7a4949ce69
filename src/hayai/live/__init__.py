"""How does a run look in a browser, while it goes on and afterwards?

A front door like `cli` and `api`: a process of its own (`python -m hayai.live`) that reads run directories and nothing else, so that
measuring is never disturbed. It tails the journal for whoever looks, and leaves everything heavy to one worker process.
"""
