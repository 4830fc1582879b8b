using System.Text.RegularExpressions;
using Rag.Tokenizers;

namespace Rag.Runtime.Distillation;

/// <summary>The part of a vocabulary that gets rows: all ids in their order but those that no text can have.</summary>
internal sealed partial class KeptTokens
{
    private static readonly string[] UnknownTokens = ["[UNK]", "<unk>"];
    private readonly int[] _rowOf;

    public KeptTokens(Tokenizer tokenizer)
    {
        _rowOf = new int[tokenizer.VocabularySize];
        List<int> ids = [];
        for (int id = 0; id < _rowOf.Length; id++)
        {
            bool kept = tokenizer.IdToToken(id) is { } token && !Unused().IsMatch(token);
            _rowOf[id] = kept ? ids.Count : -1;
            if (kept)
            {
                ids.Add(id);
            }
        }

        Ids = [.. ids];
        UnknownIds = [.. UnknownTokens.Select(tokenizer.TokenToId).OfType<int>()];
        foreach (int id in UnknownIds)
        {
            _rowOf[id] = -1;
        }
    }

    /// <summary>The ids, in order.</summary>
    public IReadOnlyList<int> Ids { get; }

    /// <summary>Ids that stand for what the vocabulary lacks: they count in the order, and their rows stay zero.</summary>
    public IReadOnlyList<int> UnknownIds { get; }

    /// <summary>The place of an id in <see cref="Ids"/>, -1 where it has none or says nothing.</summary>
    public int RowOf(int id) => _rowOf[id];

    /// <summary>The weight a / (a + p) of each kept token, with p by Zipf's law from its place: vocabularies come roughly by frequency.</summary>
    /// <remarks>
    /// S. Arora, Y. Liang and T. Ma, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings", 2017; from ranks instead of
    /// counts: M. Tulkens and S. van Dongen, "Model2Vec", 2024. p(j) is proportional to 1 / (j + 2) for the j-th token from 0.
    /// </remarks>
    public float[] Weights(double a)
    {
        double total = 0;
        for (int j = 0; j < Ids.Count; j++)
        {
            total += 1d / (j + 2);
        }

        return [.. Enumerable.Range(0, Ids.Count).Select(j => (float)(a / (a + (1 / ((j + 2) * total)))))];
    }

    [GeneratedRegex(@"^[\[<]unused_?\d+[\]>]$", RegexOptions.CultureInvariant)]
    private static partial Regex Unused();
}
