"""Documents: an organisation, a shortlist or an evaluation as one self-contained HTML page or PDF."""
