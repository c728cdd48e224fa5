"""Figures are summed up from answers as a textbook says."""

import csv
import io

import pytest

from sponde_server.benches.figures import Answer, as_csv, percentile, point
from sponde_server.benches.records import Bench, BenchTool
from sponde_server.benches.vllm_bench import read


def test_percentiles_lie_between_the_nearest_values() -> None:
    values = [40.0, 10.0, 30.0, 20.0]
    assert percentile(values, 50) == 25.0
    assert percentile(values, 0) == 10.0
    assert percentile(values, 100) == 40.0
    assert percentile([7.0], 95) == 7.0
    assert percentile([], 50) is None


def test_the_pace_is_that_of_the_tokens_after_the_first() -> None:
    answers = [Answer(first=0.5, last=1.5, tokens=11, prompt_tokens=100, is_counted=True)] * 2
    made = point(128, 2, answers, 1.6)
    assert made.first_p50_ms == 500
    assert made.stream_tokens_per_second == 10
    assert made.tokens_per_second == pytest.approx(22 / 1.6)
    assert (made.prompt_tokens, made.answer_tokens, made.requests) == (100, 11, 2)
    assert made.is_counted


def test_failed_requests_are_counted_and_left_out_of_the_figures() -> None:
    whole = Answer(first=0.1, last=0.3, tokens=3)
    made = point(1, 1, [whole, Answer(error="No."), Answer(error="No.")], 1.0)
    assert (made.requests, made.failed, made.errors) == (1, 2, ("No.",))
    assert made.tokens_per_second == 3
    assert not made.is_counted


def test_without_one_whole_answer_there_are_no_figures() -> None:
    made = point(1, 1, [Answer(error="No.")], 1.0)
    assert made.first_p50_ms is None
    assert made.stream_tokens_per_second is None
    assert made.tokens_per_second == 0


def test_vllms_result_is_read_by_its_own_names() -> None:
    # As vllm bench serve --save-result writes it (0.32).
    made = read(
        {
            "duration": 2.0,
            "completed": 7,
            "failed": 1,
            "total_input_tokens": 700,
            "total_output_tokens": 140,
            "output_throughput": 70.0,
            "median_ttft_ms": 12.0,
            "p50_ttft_ms": 12.0,
            "p95_ttft_ms": 30.0,
            "median_tpot_ms": 4.0,
            "p50_tpot_ms": 4.0,
        },
        100,
        4,
    )
    assert (made.requests, made.failed, made.prompt_tokens, made.answer_tokens) == (7, 1, 100, 20)
    assert (made.first_p50_ms, made.first_p95_ms) == (12.0, 30.0)
    assert (made.stream_tokens_per_second, made.tokens_per_second) == (250.0, 70.0)


def test_a_table_has_a_line_for_each_figure_and_says_whence_it_is() -> None:
    bench = Bench(
        model_id="local/m",
        model="m, the model",
        contexts=(1,),
        streams=(1,),
        requests=1,
        answer_tokens=1,
        tool=BenchTool.VLLM,
        engine="vLLM 0.32.0",
        points=(point(1, 1, [Answer(first=0.1234567, last=1.0, tokens=3)], 1.0),),
    )
    [line] = list(csv.DictReader(io.StringIO(as_csv(bench))))
    assert line["model"] == "m, the model"
    assert line["tool"] == "vllm"
    assert line["first_p50_ms"] == "123.457"
    assert line["is_counted"] == "False"
