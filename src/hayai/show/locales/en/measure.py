"""Texts of the rooms `measure` and `keep`: connections, the agent, run directories."""

TEXTS: dict[str, str] = {
    "measure.dial.dns_failed": "the name cannot be looked up ({reason}). Check the region and the endpoint",
    "measure.dial.connection_refused": "no service listens there ({reason}). Check address and port; is it running?",
    "measure.dial.connect_timeout": "{reason}. Check the network, or allow more with --connect-timeout",
    "measure.dial.tls_refused": "no secure connection ({reason}). If the certificate is your company's or the simulator's, name its "
    "authority in AWS_CA_BUNDLE; if the service speaks plain HTTP, write http://",
    "measure.dial.proxy_refused": "the proxy opens no tunnel ({reason}). Ask who runs it to allow this address, or put the address into NO_PROXY if it can be reached without",
    "measure.dial.proxy_login": "the proxy asks for a login ({reason}). Put it into the address (HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT); hayai keeps it out of every file",
    "measure.sdk_failed": "The process with the SDK could not do its work: {words}",
    "measure.dial.unreachable": "the service cannot be reached ({reason}). Check the network and the endpoint",
    "measure.dial.too_many_files": "too many open files ({reason}). Raise the limit (ulimit -n) or lower --concurrency",
    "measure.only_failures": "{count} requests in a row failed, so the run ended. The last failure: {code}: {words}",
    "measure.agent_died": "the measuring process ended unexpectedly (exit status {code}). Everything it had recorded is kept",
    "measure.broken": "the instrument itself failed ({kind}: {words}), so the run ended. Everything recorded is kept; please report it, with --debug",
    "journal.cannot_write": "cannot write {path}: {reason}. Make it a place that can be written and has room, or choose another. What was measured before is kept",
    "journal.cannot_read": "cannot read {path}: {reason}",
    "journal.busy": "another hayai is measuring into {path}. Wait for it, or stop it first",
    "journal.damaged": "{path} is damaged: {reason}",
    "journal.newer_version": "{path} was written by a newer hayai (format {version}; this one knows up to {known}). Update hayai to read it",
    "journal.no_runs": "there are no runs in {path}. Make one with: hayai demo",
    "journal.no_such_run": "there is no run “{name}” in {path}",
    "journal.not_a_run": "{path} is not a run: {missing} is missing",
    "journal.other_suite": "{path} does not hold the prompts that this run was made with",
    "journal.several_runs": "“{name}” could be any of {count} runs in {path}. Write more of the name",
}
