namespace Rag.Index;

/// <summary>
/// What makes two embedding models interchangeable for an index: equal identities give equal vectors. An embedding generator
/// hands out its own through <c>GetService(typeof(EmbeddingIdentity))</c>.
/// </summary>
/// <param name="Model">Name, such as "sentence-transformers/all-MiniLM-L6-v2".</param>
/// <param name="WeightsHash">SHA-256 of the weights, lower-case hexadecimal, or the service's version string.</param>
/// <param name="Pooling">How token vectors become one, such as "mean" or "cls".</param>
/// <param name="Dimensions">Length of a vector.</param>
/// <param name="MaxTokens">Tokens after which an input is cut.</param>
/// <param name="QueryPrefix">Text put before a question; empty for none.</param>
/// <param name="DocumentPrefix">Text put before a passage; empty for none.</param>
/// <param name="Metric">How its vectors are meant to be compared.</param>
public sealed record EmbeddingIdentity(
    string Model, string WeightsHash, string Pooling, int Dimensions, int MaxTokens, string QueryPrefix = "", string DocumentPrefix = "",
    VectorMetric Metric = VectorMetric.Cosine);
