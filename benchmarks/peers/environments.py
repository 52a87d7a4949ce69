"""Where do the peers live? Each in an environment of its own in the cache, from the versions in `tools.toml`, with one tokenizer for all.

No model and no data set is fetched: the tokenizer, which most peers want before they start, is trained here on a few sentences. All of it
is compiled to bytecode once, as pip does for whoever installs a tool: otherwise each start would compile it anew where the surroundings
forbid Python to keep what it compiled.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from benchmarks.peers.truth import CACHE

PINS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("tools.toml").read_text("utf-8"))
INSTALL_S = 1800
TOKENIZER = CACHE / "tokenizer"
TRAIN = """
import sys
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast
pieces = Tokenizer(models.BPE())
pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
pieces.decoder = decoders.ByteLevel()
special = ["<s>", "</s>", "<pad>", "<unk>"]
trainer = trainers.BpeTrainer(vocab_size=2000, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
pieces.train_from_iterator((f"the quick brown fox jumps over the lazy dog {n}" for n in range(2000)), trainer)
fast = PreTrainedTokenizerFast(
    tokenizer_object=pieces, bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>", model_max_length=100000
)
fast.chat_template = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\\n{% endfor %}"
fast.save_pretrained(sys.argv[1])
"""


def folder(name: str) -> Path:
    """The environment of one peer."""
    return CACHE / "tools" / name


def program(name: str, command: str) -> str:
    """A command in it."""
    return str(folder(name) / "bin" / command)


def install(name: str) -> str | None:
    """Makes the environment unless it is there as pinned. None when it is there, otherwise why not."""
    pin = PINS[name]
    place = folder(name)
    mark = place / f".compiled-{hashlib.sha256(json.dumps(pin, sort_keys=True).encode()).hexdigest()[:16]}"
    if mark.exists():
        return None
    python = str(place / "bin" / "python")
    steps = [[sys.executable, "-m", "venv", str(place)]]
    if "torch" in pin:  # by pip, which finds builds for the CPU where a machine has them at hand
        steps.append([python, "-m", "pip", "install", "--quiet", f"torch=={pin['torch']}"])
    uv = str(Path(sys.executable).with_name("uv"))
    steps.append([uv, "pip", "install", "--quiet", "--python", python, "--compile-bytecode", *pin["packages"]])
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, timeout=INSTALL_S, check=False)
        if done.returncode:
            return f"does not install: {last_line(done.stderr)}"
    mark.touch()
    return None


def tokenizer() -> Path:
    """The tokenizer's folder; made by the first peer that can."""
    if (TOKENIZER / "tokenizer.json").exists():
        return TOKENIZER
    for name in PINS:
        command = [program(name, "python"), "-c", TRAIN, str(TOKENIZER)]
        if Path(command[0]).exists() and not subprocess.run(command, capture_output=True, check=False).returncode:
            return TOKENIZER
    raise RuntimeError("no peer could make the tokenizer")


def resolved(name: str) -> dict[str, str]:
    """Every package in it, with its version."""
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, "pip", "list", "--quiet", "--format", "json", "--python", program(name, "python")]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {package["name"]: package["version"] for package in json.loads(listed)}


def last_line(text: str) -> str:
    """The last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "nothing was said"
