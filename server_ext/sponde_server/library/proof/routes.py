"""Addresses of proof: runs, what they showed, trials, blocks that have grown stale."""

from sponde_server.core.http import Routes
from sponde_server.library.trials.records import (
    BlockTrial,
    NewBlockTrial,
    TrialChanged,
    TrialOffer,
    TrialPrinted,
)
from sponde_server.library.trials.service import SpondeTrials

from .records import Proof, StaleBlock, UseOutput

routes = Routes("library", events=(TrialChanged, TrialPrinted))


@routes("GET", "/code-blocks/{block_id}/proof")
async def get_proof(trials: SpondeTrials, block_id: str, limit: int = 50) -> Proof:
    """Give the runs of a code block, latest first, and what has moved on since."""
    return await trials.proof(block_id, limit)


@routes("GET", "/code-blocks/{block_id}/outputs/{use_id}")
async def get_output(trials: SpondeTrials, block_id: str, use_id: str) -> UseOutput:
    """Give what a run of a code block showed."""
    return await trials.output(block_id, use_id)


@routes("GET", "/code-blocks/{block_id}/trial-offer")
async def get_trial_offer(trials: SpondeTrials, block_id: str) -> TrialOffer:
    """Say what trying a code block needs, and which datasets fit."""
    return await trials.offer(block_id)


@routes("GET", "/stale-code-blocks")
async def list_stale(trials: SpondeTrials, limit: int = 200) -> list[StaleBlock]:
    """List the proven code blocks whose packages have moved on."""
    return await trials.stale(limit)


@routes("GET", "/block-trials")
async def list_trials(trials: SpondeTrials) -> list[BlockTrial]:
    """List the trials since the server began, latest first, without what they showed."""
    return await trials.list_all()


@routes("POST", "/block-trials")
async def begin_trial(trials: SpondeTrials, body: NewBlockTrial) -> BlockTrial:
    """Try a code block in a throw-away process on a sample; two run at once, others wait."""
    return await trials.begin(body)


@routes("GET", "/block-trials/{trial_id}")
async def get_trial(trials: SpondeTrials, trial_id: str) -> BlockTrial:
    """Give a trial with what it showed."""
    return await trials.get(trial_id)


@routes("POST", "/block-trials/{trial_id}/cancel")
async def cancel_trial(trials: SpondeTrials, trial_id: str) -> BlockTrial:
    """End a trial."""
    return await trials.cancel(trial_id)
