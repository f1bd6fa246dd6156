# Thin names over scripts/: everything here also works without just.

# List the recipes.
default:
    @just --list

# A simulated call on this machine, with no account.
demo:
    cargo run --release -- demo

# All checks; `just test --fast` leaves out the slow ones.
test *args:
    scripts/test {{args}}

# The figures of the house, and what is to mend.
tidy:
    cargo run --quiet -p tidy -- check

# Format everything.
fmt:
    cargo fmt --all

# The slow suites in full, of which `just test` runs a part: an hour or two, on a machine that does nothing else.
whole:
    scripts/check-bounds --whole
    scripts/check-chaos 100
    scripts/check-silence --calls 100
    scripts/check-wer --whole
    scripts/check-worlds 120
