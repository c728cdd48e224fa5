"""Addresses of runs and job definitions."""

from sponde_server.core.http import Routes

from .records import (
    FieldProblem,
    JobDefinition,
    JobDefinitionChange,
    JobDefinitionChanged,
    NewJobDefinition,
    NewRun,
    NotebookParameters,
    ParameterValues,
    Run,
    RunChanged,
    RunLog,
    Schedule,
    ScheduleOutlook,
)
from .service import SpondeJobs

routes = Routes(
    "jobs",
    events=(
        JobDefinitionChanged,
        RunChanged,
    ),
)


@routes("GET", "/notebooks/parameters")
async def read_parameters(jobs: SpondeJobs, path: str) -> NotebookParameters:
    """Say what can be given to a notebook before it runs."""
    return await jobs.read_parameters(path)


@routes("POST", "/notebooks/parameters")
async def check_parameters(jobs: SpondeJobs, body: ParameterValues) -> list[FieldProblem]:
    """Say which values do not fit; nothing is run."""
    return await jobs.check_parameters(body)


@routes("POST", "/runs")
async def start_run(jobs: SpondeJobs, body: NewRun) -> Run:
    """Run a notebook as soon as there is room."""
    return await jobs.start(body)


@routes("GET", "/runs")
async def list_runs(jobs: SpondeJobs, definition_id: str = "", limit: int = 200) -> list[Run]:
    """List the latest runs, newest first."""
    return await jobs.list_runs(definition_id, limit)


@routes("GET", "/runs/{run_id}")
async def get_run(jobs: SpondeJobs, run_id: str) -> Run:
    """Give one run as it is now."""
    return await jobs.get_run(run_id)


@routes("POST", "/runs/{run_id}/cancel")
async def cancel_run(jobs: SpondeJobs, run_id: str) -> Run:
    """End a run; what it has done so far is kept."""
    return await jobs.cancel(run_id)


@routes("GET", "/runs/{run_id}/log")
async def read_log(jobs: SpondeJobs, run_id: str) -> RunLog:
    """Give what a run's process wrote."""
    return await jobs.read_log(run_id)


@routes("GET", "/job-definitions")
async def list_definitions(jobs: SpondeJobs) -> list[JobDefinition]:
    """List the job definitions by name."""
    return await jobs.list_definitions()


@routes("POST", "/job-definitions")
async def define(jobs: SpondeJobs, body: NewJobDefinition) -> JobDefinition:
    """Keep a notebook with its parameters, and when to run it."""
    return await jobs.define(body)


@routes("PATCH", "/job-definitions/{definition_id}")
async def change_definition(
    jobs: SpondeJobs, definition_id: str, body: JobDefinitionChange
) -> JobDefinition:
    """Change what is named; what is left out stays."""
    return await jobs.change(definition_id, body)


@routes("DELETE", "/job-definitions/{definition_id}")
async def remove_definition(jobs: SpondeJobs, definition_id: str) -> None:
    """Delete a job definition; it can be restored."""
    await jobs.remove(definition_id)


@routes("POST", "/job-definitions/{definition_id}/restore")
async def restore_definition(jobs: SpondeJobs, definition_id: str) -> JobDefinition:
    """Bring a deleted job definition back."""
    return await jobs.restore(definition_id)


@routes("POST", "/job-definitions/{definition_id}/runs")
async def run_definition(jobs: SpondeJobs, definition_id: str) -> Run:
    """Run a job definition now."""
    return await jobs.start_defined(definition_id)


@routes("POST", "/schedule-outlooks")
async def look_ahead(jobs: SpondeJobs, body: Schedule) -> ScheduleOutlook:
    """Say what a schedule means and when it is due next, or what is wrong with it."""
    return jobs.outlook(body)
