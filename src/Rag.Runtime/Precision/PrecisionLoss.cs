namespace Rag.Runtime.Precision;

/// <summary>What running a model in another precision than f32 does to its predictions on a text.</summary>
/// <param name="Divergence">Kullback-Leibler divergence of the next token's distribution from that in f32, in nats, the mean over tokens.</param>
/// <param name="TopAgreement">The share of tokens at which the likeliest next token is the same.</param>
/// <param name="Perplexity">Of the text, in the other precision: exp of the mean negative logarithm of what a token was given.</param>
/// <param name="ExactPerplexity">Of the text, in f32.</param>
/// <param name="Tokens">Predictions that were compared.</param>
public sealed record PrecisionLoss(double Divergence, double TopAgreement, double Perplexity, double ExactPerplexity, int Tokens);
