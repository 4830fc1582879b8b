using Rag.Models;
using Rag.Models.Hub;
using Rag.Runtime.Generation;
using Rag.Runtime.Sessions;
using Rag.Tokenizers;

namespace Rag.Runtime.Reranking;

/// <summary>
/// A decoder that is asked whether a passage meets a question and answers yes or no: the score is the softmax of the two logits
/// behind the prompt (the model card of Qwen3-Reranker). Pairs share the computed state of the prompt as far as it is the same.
/// </summary>
internal sealed class YesNoScorer : IPairScorer
{
    private const string Before =
        "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the Instruct provided. Note that the answer can only be \"yes\" or \"no\".<|im_end|>\n<|im_start|>user\n";

    private const string Behind = "<|im_end|>\n<|im_start|>assistant\n";

    // Models that can think are given a finished, empty thought.
    private const string NoThought = "<think>\n\n</think>\n\n";

    private static readonly EncodeOptions Template = new() { AddSpecialTokens = false };
    private static readonly EncodeOptions Plain = new() { AddSpecialTokens = false, ParseSpecialTokens = false };
    private readonly OnnxDecoderModel _model;
    private readonly Tokenizer _tokenizer;
    private readonly CrossEncoderOptions _options;
    private readonly string _name;
    private readonly int[] _before;
    private readonly int[] _behind;
    private readonly (int Yes, int No) _answers;

    internal YesNoScorer(string name, OnnxDecoderModel model, Tokenizer tokenizer, (int Yes, int No) answers, int? maxTokens, CrossEncoderOptions options)
    {
        (_name, _model, _tokenizer, _answers, _options) = (name, model, tokenizer, answers, options);
        _before = Ids(Before, Template);
        _behind = Ids(tokenizer.TokenToId("<think>") is null ? Behind : Behind + NoThought, Template);
        MaxTokens = Math.Min(options.MaxTokens ?? maxTokens ?? int.MaxValue, model.MaxPositions);
        if (tokenizer.VocabularySize > model.VocabularySize || Math.Max(answers.Yes, answers.No) >= model.VocabularySize)
        {
            throw new IncompatibleException($"The model {name} has {model.VocabularySize} token ids, but its tokenizer {tokenizer.VocabularySize}; the tokenizer belongs to another model.", name);
        }

        if (MaxTokens < _before.Length + _behind.Length + 16)
        {
            throw new UnsupportedException($"The model {name} takes {MaxTokens} tokens, too few for its own prompt, a question and a passage.", name);
        }
    }

    public int MaxTokens { get; }

    public string? DeviceNotice => _model.DeviceNotice;

    /// <summary>Whether the folder holds a decoder of the family whose rerankers answer so.</summary>
    public static bool Fits(ModelFolder folder) => folder.Configuration.Strings("architectures") is [var name, ..] && name.EndsWith("ForCausalLM", StringComparison.Ordinal);

    public static YesNoScorer Load(ModelFolder folder, CrossEncoderOptions options)
    {
        Tokenizer tokenizer = FolderTokenizer.Load(folder);
        int Require(string token) => tokenizer.TokenToId(token) ?? throw new UnsupportedException(
            $"The vocabulary of the model {folder.FolderPath} lacks the token '{token}', with which Qwen3's rerankers are asked and answer; no other decoder is supported as a reranker.", folder.FolderPath);
        _ = Require("<|im_start|>");
        _ = Require("<|im_end|>");
        return Load(folder, tokenizer, (Require("yes"), Require("no")), options);
    }

    internal static YesNoScorer Load(ModelFolder folder, Tokenizer tokenizer, (int Yes, int No) answers, CrossEncoderOptions options)
    {
        OnnxDecoderModel model = OnnxDecoderModel.Load(folder, options.Runtime);
        try
        {
            return Create(folder, model, tokenizer, answers, options);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The scorer of a loaded model; disposing it disposes the model.</summary>
    internal static YesNoScorer Create(ModelFolder folder, OnnxDecoderModel model, Tokenizer tokenizer, (int Yes, int No) answers, CrossEncoderOptions options) =>
        new(ModelReference.OfFolder(folder.FolderPath), model, tokenizer, answers, folder.Tokenizer.ModelMaxLength, options);

    public float[] Score(string question, IReadOnlyList<string> passages, CancellationToken cancellationToken)
    {
        float[] scores = new float[passages.Count];
        using IDecoderSession session = _model.CreateSession();
        List<int> held = [];
        for (int i = 0; i < scores.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (float yes, float no) = Logits(session, held, Prompt(question, passages[i]), cancellationToken);
            float difference = no - yes;
            scores[i] = float.IsFinite(difference)
                ? 1 / (1 + MathF.Exp(difference))
                : throw new CorruptException($"The model {_name} gives logits that are not finite.", _name);
        }

        return scores;
    }

    public void Dispose() => _model.Dispose();

    /// <summary>The prompt for a pair; a passage that is too long loses its end.</summary>
    internal int[] Prompt(string question, string? passage)
    {
        ArgumentNullException.ThrowIfNull(passage);
        if (passage.Length > _options.MaxCharacters)
        {
            throw new LimitExceededException(nameof(CrossEncoderOptions.MaxCharacters), _options.MaxCharacters, passage.Length, "A passage");
        }

        int[] pair = Ids($"<Instruct>: {_options.Instruction}\n<Query>: {question}\n<Document>: {passage}", Plain);
        return [.. _before, .. pair.AsSpan(0, Math.Min(pair.Length, MaxTokens - _before.Length - _behind.Length)), .. _behind];
    }

    internal (float Yes, float No) Logits(int[] prompt, CancellationToken cancellationToken)
    {
        using IDecoderSession session = _model.CreateSession();
        return Logits(session, [], prompt, cancellationToken);
    }

    /// <summary>The logits behind a prompt, in a sequence that holds the one before it, of which what is the same is kept.</summary>
    internal (float Yes, float No) Logits(IDecoderSession session, List<int> held, int[] prompt, CancellationToken cancellationToken)
    {
        int common = 0;
        while (common < Math.Min(held.Count, prompt.Length - 1) && held[common] == prompt[common])
        {
            common++;
        }

        held.Clear();
        session.Rewind(common);
        ReadOnlySpan<float> logits = session.Append(prompt.AsSpan(common), cancellationToken);
        held.AddRange(prompt);
        return (logits[_answers.Yes], logits[_answers.No]);
    }

    private int[] Ids(string text, EncodeOptions options)
    {
        List<int> ids = [];
        _tokenizer.Encode(text, ids, options);
        return [.. ids];
    }
}
