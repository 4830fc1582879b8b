using Rag.Ingestion;
using Rag.Models.Packing;

namespace Rag.Hosting;

/// <summary>What a <see cref="DocumentLibrary"/> reads, where it keeps its index, and which models it uses.</summary>
public sealed class RagOptions
{
    /// <summary>The value of <see cref="EmbeddingModel"/> that means: search by words alone.</summary>
    public const string NoModel = "none";

    /// <summary>The default value of <see cref="Top"/>.</summary>
    public const int DefaultTop = 10;

    /// <summary>The folder of documents. It is read, never written, but for the index where that lives inside.</summary>
    public string Documents { get; set; } = "";

    /// <summary>Where the index lives.</summary>
    /// <value>The default value is null: the folder ".rag" in <see cref="Documents"/>.</value>
    public string? IndexFolder { get; set; }

    /// <summary>
    /// A file that says who may read which documents; not one of the documents. JSON: patterns of paths with the users and groups that
    /// may read what fits, the first that fits a document deciding: <c>{ "board/**": ["board"], "**": ["*"] }</c>. "*" is everybody who is named
    /// (<see cref="Index.SearchScope.Principal"/>); a document that no pattern fits, or whose list is empty, is open to all, and in a protected
    /// index to nobody. <c>*</c> stands for anything in a name, <c>**</c> for anything in a path, <c>?</c> for a character. What
    /// <see cref="IngestionOptions.Attributes"/> says of a document goes before it.
    /// </summary>
    /// <value>The default value is null: the rules of the file named last, of which the index keeps a copy; without any, stored access stays as it is.</value>
    public string? AccessFile { get; set; }

    /// <summary>
    /// The sentence encoder: "org/name" from the hub, a folder, or <see cref="NoModel"/>. Naming another one than the index was
    /// made with rebuilds the index.
    /// </summary>
    /// <value>
    /// The default value is null: the environment variable RAG_EMBEDDING_MODEL, else the one that the index was made with, else
    /// a small English one from the hub where that can be had, else none.
    /// </value>
    public string? EmbeddingModel { get; set; }

    /// <summary>How the matrices of <see cref="EmbeddingModel"/> are held and multiplied: <see cref="WeightPrecision.Single"/> or <see cref="WeightPrecision.Int8"/>. Another form than the index was made with rebuilds it.</summary>
    /// <value>The default value is <see langword="null"/>, which is the form that the index was made with, and <see cref="WeightPrecision.Single"/> for a new one.</value>
    public WeightPrecision? EmbeddingWeights { get; set; }

    /// <summary>
    /// A file that remembers the vectors of passages, for all models, so that a text that was embedded once (in another index, or before
    /// the index was built anew) is not embedded again. Made where there is none.
    /// </summary>
    /// <value>The default value is null: none; the index itself remembers what it holds.</value>
    public string? EmbeddingCache { get; set; }

    /// <summary>
    /// Whether an index that grew much is asked if its encoder understands the documents (<see cref="Retrieval.EmbedderFit"/>), and a
    /// notice says so where it hardly does. Costs about 120 embeddings; indexes of fewer than 400 passages are not asked.
    /// </summary>
    /// <value>The default value is true.</value>
    public bool CheckEmbedder { get; set; } = true;

    /// <summary>The language model that writes answers: "org/name" from the hub, a folder, or a GGUF file.</summary>
    /// <value>
    /// The default value is null: the environment variable RAG_MODEL, else none, and answers are made of sentences taken from
    /// the documents.
    /// </value>
    public string? ChatModel { get; set; }

    /// <summary>How the matrices of <see cref="ChatModel"/> are held and multiplied.</summary>
    /// <value>The default value is <see cref="WeightPrecision.Single"/>, which is exact; <see cref="WeightPrecision.Auto"/> is about twice as fast and loses next to nothing.</value>
    public WeightPrecision ChatWeights { get; set; } = WeightPrecision.Single;

    /// <summary>Where models run: "auto", which takes CUDA where it can be had, "cuda" or "cpu". Where CUDA cannot be had, a notice says why, and the CPU serves.</summary>
    /// <value>The default value is "auto".</value>
    public string Device { get; set; } = "auto";

    /// <summary>
    /// Whether the language model's answer must rest on quotes, where it runs here: what stands in it between “ and ” is of a source word for word and
    /// becomes a citation, whose number stands behind it, and an answer without a quote is a refusal. Other clients are not held to it.
    /// </summary>
    /// <value>
    /// The default value is false. Held to quotes a model cannot misquote, but the constraint does not make it choose well: a small one that was never taught to quote
    /// takes the first words that fit, where it would have said the right thing in its own words; and citations are checked word for word in either case.
    /// </value>
    public bool QuotedAnswers { get; set; }

    /// <summary>
    /// The reader that orders the passages of a question and, where no language model writes, points at the answer: "starter",
    /// "org/name" from the hub, a folder, or <see cref="NoModel"/>.
    /// </summary>
    /// <value>The default value is null: the environment variable RAG_READER, else the one in the box.</value>
    public string? ReaderModel { get; set; }

    /// <summary>
    /// A cross-encoder that orders what was found for a question, in the reader's place and in searches too: "org/name" from the hub, a
    /// folder, or <see cref="NoModel"/>.
    /// </summary>
    /// <value>The default value is null: the environment variable RAG_RERANKER, else none, and the reader orders.</value>
    public string? RerankerModel { get; set; }

    /// <summary>Passages that a <see cref="RerankerModel"/> orders; never fewer than are asked for.</summary>
    /// <value>The default value is 30.</value>
    public int RerankerPool { get; set; } = 30;

    /// <summary>Whether <see cref="DocumentLibrary.SearchAsync"/>, too, orders what it finds by the reader; answering always does.</summary>
    /// <value>The default value is false: it helps with questions that a few words answer, and not with claims or keywords.</value>
    public bool RerankSearch { get; set; }

    /// <summary>Use only models that are on this machine already. HF_HUB_OFFLINE=1 says the same.</summary>
    /// <value>The default value is false.</value>
    public bool Offline { get; set; }

    /// <summary>Passages to retrieve for a question.</summary>
    /// <value>The default value is 10.</value>
    public int Top { get; set; } = DefaultTop;

    /// <summary>Longest question, in UTF-16 code units.</summary>
    /// <value>The default value is 16,384.</value>
    public int MaxQuestionLength { get; set; } = 16 << 10;

    /// <summary>Randomness of a written answer; 0 takes the likeliest token every time.</summary>
    /// <value>The default value is 0.</value>
    public float Temperature { get; set; }

    /// <summary>Makes a <see cref="Temperature"/> above 0 repeatable.</summary>
    /// <value>The default value is null: a seed of the model's choosing.</value>
    public long? Seed { get; set; }

    /// <summary>Longest written answer, in tokens.</summary>
    /// <value>The default value is 512.</value>
    public int MaxAnswerTokens { get; set; } = 512;

    /// <summary>Limits of reading documents.</summary>
    public IngestionOptions Ingestion { get; set; } = new();

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is missing or out of range; names the option.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Documents))
        {
            throw new ArgumentException("RagOptions.Documents is empty: name the folder of documents.");
        }

        Require(Top >= 1, nameof(Top), "at least 1");
        Require(RerankerPool >= 1, nameof(RerankerPool), "at least 1");
        Require(MaxQuestionLength >= 1, nameof(MaxQuestionLength), "at least 1");
        Require(float.IsFinite(Temperature) && Temperature is >= 0 and <= 10, nameof(Temperature), "from 0 to 10");
        Require(MaxAnswerTokens >= 1, nameof(MaxAnswerTokens), "at least 1");
        Require(Device is "auto" or "cuda" or "cpu", nameof(Device), "auto, cuda or cpu");
        Require(Enum.IsDefined(ChatWeights), nameof(ChatWeights), "a value of WeightPrecision");
        Require(EmbeddingWeights is null or WeightPrecision.Single or WeightPrecision.Int8, nameof(EmbeddingWeights), "Single or Int8");
        ArgumentNullException.ThrowIfNull(Ingestion);
        Ingestion.Validate();
    }

    private static void Require(bool holds, string option, string range)
    {
        if (!holds)
        {
            throw new ArgumentException($"RagOptions.{option} must be {range}.");
        }
    }
}
