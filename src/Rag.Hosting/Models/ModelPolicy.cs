using Rag.Starter;

namespace Rag.Hosting.Models;

/// <summary>
/// Which models are used when. What a person names comes first: an option, then the environment. An index keeps the encoder
/// that it was made with. Only where nothing is named and nothing is built does the default come in; where it cannot be had,
/// the starter model in the box serves, and without that one search goes by words alone.
/// </summary>
/// <param name="options">What a person chose.</param>
/// <param name="models">Where models come from.</param>
/// <param name="environment">Reads an environment variable.</param>
/// <param name="starter">Folder of the starter encoder; null where it is not there.</param>
/// <param name="starterReader">Folder of the starter reader; null where it is not there.</param>
internal sealed class ModelPolicy(RagOptions options, IModelSource models, Func<string, string?> environment, string? starter = null, string? starterReader = null)
{
    /// <summary>
    /// 33 million parameters, English, 133 MB, MIT. It retrieves best of the small BERT encoders that are openly licensed
    /// (the README has the table), and loses little where its question prefix is left out.
    /// </summary>
    public const string DefaultEmbeddingModel = "BAAI/bge-small-en-v1.5";

    /// <summary>Names the starter encoder on the command line.</summary>
    public const string Starter = "starter";

    public const string EmbeddingModelVariable = "RAG_EMBEDDING_MODEL";

    public const string ChatModelVariable = "RAG_MODEL";

    public const string ReaderModelVariable = "RAG_READER";

    public const string RerankerModelVariable = "RAG_RERANKER";

    private const string ByWords = "Search goes by words alone (BM25)";

    private const string Naming = "--embedding-model takes a folder or org/name";

    /// <summary>Chooses the sentence encoder.</summary>
    /// <param name="built">What the index was made with; null where it holds nothing yet.</param>
    /// <param name="cancellationToken">Ends a download.</param>
    /// <exception cref="RagException">A model that was named, or that the index needs, cannot be had.</exception>
    public async Task<ModelChoice> ChooseEmbedderAsync(BuiltWith? built, CancellationToken cancellationToken)
    {
        if (Named(options.EmbeddingModel, EmbeddingModelVariable) is { } named)
        {
            return named.Equals(RagOptions.NoModel, StringComparison.OrdinalIgnoreCase)
                ? new ModelChoice(null, null, null)
                : await ResolveAsync(named, cancellationToken).ConfigureAwait(false);
        }

        return built switch
        {
            null => await ChooseDefaultAsync(cancellationToken).ConfigureAwait(false),
            { HasVectors: true } => await ReopenAsync(built, cancellationToken).ConfigureAwait(false),
            _ => new ModelChoice(null, null, $"{ByWords}: this index was made without an embedding model. {Naming} and rebuilds it."),
        };
    }

    /// <summary>Chooses the reader: the one in the box unless another, or none, is named.</summary>
    /// <exception cref="RagException">The model that was named cannot be had.</exception>
    public async Task<ModelChoice> ChooseReaderAsync(CancellationToken cancellationToken)
    {
        string? named = Named(options.ReaderModel, ReaderModelVariable);
        if (named is null or Starter or StarterModels.ReaderName)
        {
            return new ModelChoice(starterReader is null ? null : StarterModels.ReaderName, starterReader, null);
        }

        return named.Equals(RagOptions.NoModel, StringComparison.OrdinalIgnoreCase)
            ? new ModelChoice(null, null, null)
            : await ResolveAsync(named, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether a cross-encoder is named.</summary>
    public bool NamesReranker => Reranker is not null;

    /// <summary>Chooses the cross-encoder; none unless one is named.</summary>
    /// <exception cref="RagException">The model that was named cannot be had.</exception>
    public async Task<ModelChoice> ChooseRerankerAsync(CancellationToken cancellationToken) =>
        Reranker is { } named ? await ResolveAsync(named, cancellationToken).ConfigureAwait(false) : new ModelChoice(null, null, null);

    /// <summary>Chooses the language model.</summary>
    /// <param name="hasReader">Whether a reader answers where no model does.</param>
    /// <param name="cancellationToken">Ends a download.</param>
    /// <exception cref="RagException">The model that was named cannot be had.</exception>
    public async Task<ModelChoice> ChooseChatModelAsync(bool hasReader, CancellationToken cancellationToken) =>
        Named(options.ChatModel, ChatModelVariable) is { } named && !named.Equals(RagOptions.NoModel, StringComparison.OrdinalIgnoreCase)
            ? await ResolveAsync(named, cancellationToken).ConfigureAwait(false)
            : new ModelChoice(null, null, hasReader
                ? "No language model is configured, so a small reader points at the answer in the documents (--model FOLDER or org/name changes that)."
                : "No language model is configured, so answers are sentences taken from the documents (--model FOLDER or org/name changes that).");

    private string? Reranker =>
        Named(options.RerankerModel, RerankerModelVariable) is { } named && !named.Equals(RagOptions.NoModel, StringComparison.OrdinalIgnoreCase) ? named : null;

    private string? Named(string? option, string variable) => (option ?? environment(variable))?.Trim() is { Length: > 0 } named ? named : null;

    private async Task<ModelChoice> ResolveAsync(string named, CancellationToken cancellationToken)
    {
        if (starter is not null && named is Starter or StarterModels.EmbedderName)
        {
            return new ModelChoice(StarterModels.EmbedderName, starter, null);
        }

        if (named.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) && File.Exists(named))
        {
            return new ModelChoice(Path.GetFullPath(named), Path.GetFullPath(named), null);
        }

        string folder = await models.ResolveAsync(named, cancellationToken).ConfigureAwait(false);
        return new ModelChoice(Directory.Exists(named) ? Path.GetFullPath(named) : named, folder, null);
    }

    private async Task<ModelChoice> ReopenAsync(BuiltWith built, CancellationToken cancellationToken)
    {
        const string Remedy = "Name that model or another with --embedding-model (another one rebuilds the index), or --embedding-model none to search by words alone.";
        if (built.Reference is null)
        {
            throw new UnavailableException($"This index was made with the embedding model {built.Model}, and where that comes from is not recorded. {Remedy}", built.Model);
        }

        try
        {
            return await ResolveAsync(built.Reference, cancellationToken).ConfigureAwait(false);
        }
        catch (RagException exception)
        {
            throw new UnavailableException(
                $"This index was made with the embedding model {built.Reference}, which cannot be had now. {exception.Message} {Remedy}", built.Reference, exception);
        }
    }

    private async Task<ModelChoice> ChooseDefaultAsync(CancellationToken cancellationToken)
    {
        if (models.FindLocal(DefaultEmbeddingModel) is { } folder)
        {
            return new ModelChoice(DefaultEmbeddingModel, folder, null);
        }

        if (models.Offline)
        {
            return Without($"the default embedding model {DefaultEmbeddingModel} is not on this machine, and it is to stay offline");
        }

        if (!await models.IsReachableAsync(cancellationToken).ConfigureAwait(false))
        {
            return Without($"the default embedding model {DefaultEmbeddingModel} is not on this machine, and the model hub was not reached (it is asked again after an hour)");
        }

        try
        {
            return await ResolveAsync(DefaultEmbeddingModel, cancellationToken).ConfigureAwait(false);
        }
        catch (RagException exception)
        {
            return Without($"the default embedding model {DefaultEmbeddingModel} could not be fetched ({exception.Message.TrimEnd('.')})");
        }
    }

    private ModelChoice Without(string reason) => starter is null
        ? new(null, null, $"{ByWords}: {reason}. {Naming}.")
        : new(StarterModels.EmbedderName, starter, $"Search uses the small English encoder in the box: {reason}. {Naming}, or 'none'.");
}
