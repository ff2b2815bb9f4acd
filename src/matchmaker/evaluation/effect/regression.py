"""Linear and logistic models of an outcome on an exposure and confounders, with errors clustered by partner.

The linear model's coefficient of a standardised exposure is a difference in the chance of the outcome. Limits
are those of the t distribution with one degree of freedom less than there are clusters (Cameron and Miller
2015). All models are those of statsmodels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import statsmodels.api as sm
from scipy import stats

from matchmaker.evaluation.effect.settings import Confounders
from matchmaker.typing import Floats

CLUSTER = "partner"


@dataclass(frozen=True, slots=True)
class Estimate:
    """One coefficient.

    Attributes:
        value, low, high: with 95 % limits; for a yes-or-no outcome in percentage points.
        se: standard error; p: two-sided.
        n, clusters: rows and clusters that the model was fitted to.
    """

    value: float
    low: float
    high: float
    se: float
    p: float
    n: int
    clusters: int


@dataclass(frozen=True, slots=True)
class Design:
    """The rows with an outcome: exposure standardised, confounders as columns.

    Attributes:
        names: of the columns of `x` but the constant; the exposure is the first.
        x: (n, 1 + k) with a constant in front.
        y: (n,) outcome.
        groups: (n,) number of the cluster.
    """

    names: tuple[str, ...]
    x: Floats
    y: Floats
    groups: np.ndarray


def standardised(values: pl.Series) -> pl.Series:
    """With mean 0 and standard deviation 1; unknown stays unknown."""
    return (values - values.mean()) / values.std()


def confounder_columns(population: pl.DataFrame, confounders: Confounders) -> pl.DataFrame:
    """One column for each term; unknown figures take the median, and a column says where."""
    numbers = {"distance, log": (1 + pl.col("km")).log()}
    numbers |= {f"own {name}": pl.col(f"own_{name}") for name in confounders.own}
    numbers |= {f"own {name}, log": pl.col(f"own_{name}").clip(1).log() for name in confounders.own_log}
    numbers |= {f"partner {name}": pl.col(f"partner_{name}") for name in confounders.partner}
    numbers |= {
        f"partner {name}, log": pl.col(f"partner_{name}").clip(1).log() for name in confounders.partner_log
    }
    wide = population.select(**numbers)
    columns: dict[str, pl.Series] = {}
    for name in wide.columns:
        values = wide[name]
        if values.null_count():
            columns[f"{name} unknown"] = values.is_null().cast(pl.Float64)
        columns[name] = standardised(values.fill_null(values.median()))
    for name in confounders.squared:
        columns[f"own {name}, squared"] = columns[f"own {name}"] ** 2
    if confounders.concern:
        columns["concern"] = population["concern"].fill_null(0.0)
    years = population["start"].dt.year().cast(pl.String)
    for name, values in (
        ("before", population["before"].cast(pl.String)),
        ("type", population["type"]),
        ("kind", population["kind"]),
        ("year", years),
        ("region", population["region"].fill_null("unknown")),
    ):
        for one in sorted(values.unique().to_list())[1:]:  # the first is what the others are held against
            columns[f"{name} {one}"] = (values == one).cast(pl.Float64)
    return pl.DataFrame({name: values for name, values in columns.items() if values.n_unique() > 1})


def design(
    population: pl.DataFrame, confounders: Confounders, outcome: str, exposures: Sequence[str] = ("exposure",)
) -> Design:
    """The rows whose outcome and exposures are known, as arrays.

    Exposures are standardised in the population as a whole, before rows without an outcome are left out.
    """
    terms = population.with_columns(**{name: standardised(population[name]) for name in exposures})
    known = (
        terms[outcome].is_not_null()
        & terms.select(pl.all_horizontal(pl.col(name).is_not_null() for name in exposures)).to_series()
    )
    terms = terms.filter(known)
    others = confounder_columns(terms, confounders)
    x = np.column_stack([terms.select(exposures).to_numpy(), others.to_numpy()])
    groups = terms[CLUSTER].rank("dense").to_numpy().astype(np.intp)
    return Design((*exposures, *others.columns), sm.add_constant(x), terms[outcome].to_numpy(), groups)


def linear(data: Design, at: int = 1, percent: bool = True) -> Estimate:
    """Ordinary least squares; the coefficient of column `at`, in percentage points if asked."""
    fitted = sm.OLS(data.y, data.x).fit(cov_type="cluster", cov_kwds={"groups": data.groups}, use_t=True)
    clusters = len(np.unique(data.groups))
    times = 100.0 if percent else 1.0
    value, se = float(fitted.params[at]) * times, float(fitted.bse[at]) * times
    return estimate_of(value, se, len(data.y), clusters)


def logistic(data: Design, at: int = 1) -> Estimate:
    """A logit; the average marginal effect of column `at`, in percentage points."""
    fitted = sm.Logit(data.y, data.x).fit(
        cov_type="cluster", cov_kwds={"groups": data.groups}, disp=False, method="bfgs", maxiter=2000
    )
    effects = fitted.get_margeff(at="overall", method="dydx")
    place = at - 1  # the constant has no effect
    value, se = float(effects.margeff[place]) * 100, float(effects.margeff_se[place]) * 100
    return estimate_of(value, se, len(data.y), len(np.unique(data.groups)))


def interaction_p(population: pl.DataFrame, confounders: Confounders, outcome: str, by: str) -> float:
    """Joint test that the effect of the exposure is the same in every group of a column."""
    data = design(population, confounders, outcome)
    known = population.filter(pl.col(outcome).is_not_null() & pl.col("exposure").is_not_null())
    groups = known[by]
    terms = [
        data.x[:, 1] * (groups == one).cast(pl.Float64).to_numpy()
        for one in sorted(groups.unique().to_list())[1:]
        if (groups == one).sum() >= 30  # of fewer no effect can be told
    ]
    if not terms:
        return float("nan")
    x = np.column_stack([data.x, *terms])
    fitted = sm.OLS(data.y, x).fit(cov_type="cluster", cov_kwds={"groups": data.groups}, use_t=True)
    which = np.zeros((len(terms), x.shape[1]))
    which[np.arange(len(terms)), np.arange(x.shape[1] - len(terms), x.shape[1])] = 1.0
    return float(fitted.f_test(which).pvalue)


def time_to(population: pl.DataFrame, confounders: Confounders) -> Estimate:
    """Cox's model of the months to a good grade: hazard ratio of one standard deviation of the exposure."""
    data = design(population, confounders, "months_to_good")
    seen = population.filter(pl.col("months_to_good").is_not_null())["seen_good"].cast(pl.Float64).to_numpy()
    model = sm.PHReg(np.maximum(data.y, 0.1), data.x[:, 1:], status=seen, ties="efron")
    fitted = model.fit(groups=data.groups)
    value, se = float(fitted.params[0]), float(fitted.bse[0])
    clusters = len(np.unique(data.groups))
    at = float(stats.t.ppf(0.975, clusters - 1))
    limits = [float(np.exp(value + side * at * se)) for side in (-1, 0, 1)]
    return Estimate(limits[1], limits[0], limits[2], se, _p(value, se, clusters), len(data.y), clusters)


def estimate_of(value: float, se: float, n: int, clusters: int) -> Estimate:
    """An estimate with limits and p value of the t distribution with one degree less than clusters."""
    at = float(stats.t.ppf(0.975, clusters - 1))
    return Estimate(value, value - at * se, value + at * se, se, _p(value, se, clusters), n, clusters)


def _p(value: float, se: float, clusters: int) -> float:
    return float(2 * stats.t.sf(abs(value / se), clusters - 1))
