using System.Runtime.InteropServices;

namespace Rag.Tokenizers.Models;

/// <summary>
/// Viterbi over the pieces that begin at each character. Since pieces have a bounded length, a word of n characters costs O(n).
/// </summary>
internal sealed class UnigramWorker(UnigramModel model) : IModelWorker
{
    private Node[] _best = new Node[64];
    private int[] _next = new int[64];

    public void Tokenize(ReadOnlySpan<char> word, TokenBuffer tokens)
    {
        if (_best.Length <= word.Length)
        {
            _best = new Node[Math.Min(Array.MaxLength, Math.Max(word.Length + 1L, 2L * _best.Length))];
            _next = new int[_best.Length];
        }

        Span<Node> best = _best.AsSpan(0, word.Length + 1);
        best.Fill(new Node(0, -1, -1));
        Forward(word, best);
        Collect(word, best, tokens);
    }

    public void Trim(int capacity)
    {
        if (_best.Length > capacity)
        {
            _best = new Node[64];
            _next = new int[64];
        }
    }

    private void Forward(ReadOnlySpan<char> word, Span<Node> best)
    {
        bool single = model.Options.IsSentencePiece;
        double[] scores = model.Scores;
        for (int start = 0; start < word.Length;)
        {
            int width = char.IsHighSurrogate(word[start]) && start + 1 < word.Length && char.IsLowSurrogate(word[start + 1]) ? 2 : 1;
            double before = best[start].Score;
            bool spelt = false;
            for (int at = start, node = 0; at < word.Length;)
            {
                node = model.Trie.Step(node, word[at++]);
                if (node < 0)
                {
                    break;
                }

                if (model.Trie.ValueAt(node) is var id && id >= 0)
                {
                    Offer(ref best[at], scores[id] + before, start, id, single);
                    spelt |= at - start == width;
                }
            }

            if (!spelt)
            {
                if (model.Options.UnknownId < 0)
                {
                    throw new CorruptException($"{model.Location} has no unknown token for characters that its vocabulary lacks.", model.Location);
                }

                Offer(ref best[start + width], model.UnknownScore + before, start, model.Options.UnknownId, single);
            }

            start += width;
        }
    }

    private static void Offer(ref Node node, double score, int start, int id, bool single)
    {
        if (node.Start < 0 || score > node.Score)
        {
            node = new Node(single ? (float)score : score, start, id);
        }
    }

    private void Collect(ReadOnlySpan<char> word, Span<Node> best, TokenBuffer tokens)
    {
        for (int end = word.Length; end > 0; end = best[end].Start)
        {
            _next[best[end].Start] = end;
        }

        int unknown = model.Options.UnknownId;
        for (int start = 0; start < word.Length;)
        {
            int end = _next[start];
            int id = best[end].Id;
            if (id == unknown)
            {
                // Neighbouring unknown characters are one token.
                while (end < word.Length && best[_next[end]].Id == unknown)
                {
                    end = _next[end];
                }

                AddUnknown(word, start, end, tokens);
            }
            else
            {
                tokens.Add(id, start, end);
            }

            start = end;
        }
    }

    private void AddUnknown(ReadOnlySpan<char> word, int start, int end, TokenBuffer tokens)
    {
        ReadOnlySpan<char> text = word[start..end];
        int known = text.Length <= model.Vocabulary.LongestToken ? model.Vocabulary.Find(text) : -1;
        if (known >= 0)
        {
            tokens.Add(known, start, end);
            return;
        }

        if (model.ByteIds is { } byteIds && (model.Options.IsSentencePiece
            ? ByteTokens.TryAddEach(text, start, byteIds, tokens)
            : ByteTokens.TryAdd(text, start, end, byteIds, tokens)))
        {
            return;
        }

        tokens.Add(model.Options.UnknownId, start, end);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Node(double Score, int Start, int Id);
}
