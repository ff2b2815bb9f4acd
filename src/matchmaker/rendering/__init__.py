"""The parts that pages and documents share: templates, charts, views of answers."""
