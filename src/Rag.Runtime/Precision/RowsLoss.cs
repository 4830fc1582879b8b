namespace Rag.Runtime.Precision;

/// <summary>How far eight bits with one scale a row are from blocks of eight bits.</summary>
/// <param name="Divergence">Nats a token; see <see cref="PrecisionLoss.Divergence"/>.</param>
/// <param name="Agreement">The share of tokens at which the likeliest next one is the same.</param>
/// <param name="Tokens">Predictions that were compared.</param>
internal sealed record RowsLoss(double Divergence, double Agreement, int Tokens);
