//! The Joonto HTTP API: typed requests and answers, tokens, pacing, retries.
