using Rag.Runtime.Generation.Sampling;

namespace Rag.Runtime.Generation.Scheduling;

/// <summary>A piece of an answer.</summary>
/// <param name="Text">Whole characters, perhaps none.</param>
/// <param name="LogProbabilities">Of the tokens since the last piece, where they were asked for.</param>
internal readonly record struct GeneratedText(string Text, LogProbabilityContent? LogProbabilities);
