"""Build the sample calls: scripts in, recordings, gold and manifest out.

    python audio_samples/make.py --seed 7 --cache DIR [--only en-01]...

Needs the extra `samples` (speech synthesis). Reading the finished samples needs nothing but the files.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from _generator.cast import load_cast
from _generator.encode import write_audio
from _generator.gold import write_gold, write_manifest
from _generator.render import render
from _generator.script import Script, ScriptError, load_scripts
from _generator.timeline import lay_out
from _generator.voice import Synthesiser

HERE = Path(__file__).resolve().parent


def build(script: Script, synthesiser: Synthesiser, out: Path, seed: int) -> str:
    """Make one call (recording and gold) and return a line that says what came out."""
    timeline = lay_out(script, synthesiser, seed)
    samples = render(script, timeline, seed)
    target = out / script.file
    write_audio(target, samples, script.audio)
    write_gold(out / "gold", script, timeline)
    size_kb = target.stat().st_size // 1000
    return f"{script.call_id}: {timeline.duration_s:.1f} s, {len(timeline.turns)} turns, {size_kb} kB, {script.file}"


def main() -> int:
    """Read the arguments, build the calls that were asked for, then the manifest over all of them."""
    parser = argparse.ArgumentParser(description="Build the sample calls from their scripts.")
    parser.add_argument("--seed", type=int, default=7, help="seed of gaps, noise and music (default 7)")
    parser.add_argument("--only", action="append", metavar="CALL_ID", help="build this call only; may be repeated")
    parser.add_argument("--out", type=Path, default=HERE, help="where recordings, gold and manifest go")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir()) / "callibrate-samples",
        help="where synthesised turns and the joined voice model are kept",
    )
    args = parser.parse_args()
    try:
        cast = load_cast(HERE / "cast.yaml")
        scripts = load_scripts(HERE / "scripts", cast)
    except ScriptError as error:
        print(error, file=sys.stderr)
        return 2
    wanted = set(args.only or [script.call_id for script in scripts])
    unknown = wanted - {script.call_id for script in scripts}
    if unknown:
        print(f"--only: no script for {', '.join(sorted(unknown))} in {HERE / 'scripts'}", file=sys.stderr)
        return 2
    synthesiser = Synthesiser(args.cache, cast)
    for script in scripts:
        if script.call_id in wanted:
            print(build(script, synthesiser, args.out, args.seed), flush=True)
    write_manifest(args.out / "manifest.csv", [script for script in scripts if (args.out / script.file).exists()])
    return 0


if __name__ == "__main__":
    sys.exit(main())
