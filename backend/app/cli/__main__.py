"""``python -m backend.app.cli COMMAND``: every command on one list."""

from __future__ import annotations

from importlib import import_module

import click

from backend.version import VERSION

COMMANDS = {
    "backup": "backend.app.cli.backup:backup",
    "demo": "backend.app.cli.demo.command:demo",
    "ledger": "backend.app.cli.ledger:ledger",
    "restored": "backend.app.cli.backup:restored",
    "worker": "backend.app.cli.worker:worker",
    "migrate": "backend.app.cli.worker:migrate",
}


class Commands(click.Group):
    """A group that imports a command when it is called, so that help stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in order."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called ``cmd_name``."""
        del ctx
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, name = target.split(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.command(cls=Commands)
@click.version_option(VERSION, prog_name="Evenhand")
def main() -> None:
    """Evenhand 秉公: run, fill and look after an installation."""


if __name__ == "__main__":
    main()
