"""Review of the articles of an ingest folder, where annotators work: in Label Studio, or in the
inline text form. Out they go with silver labels or blank, back they come as judgements; where two
differ is shown and adjudicated."""
