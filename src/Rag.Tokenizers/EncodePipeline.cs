using Rag.Tokenizers.AddedTokens;
using Rag.Tokenizers.Models;
using Rag.Tokenizers.Normalization;
using Rag.Tokenizers.PreTokenization;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers;

/// <summary>
/// Text to tokens, without what a post-processor adds. Added tokens are cut out of the text as given, the rest is normalized,
/// added tokens are cut out of that, the rest is split, and the model spells the pieces. Immutable; safe for concurrent use.
/// </summary>
internal sealed class EncodePipeline(AddedVocabulary added, INormalizer? normalizer, IPreTokenizer? preTokenizer, ITokenModel model)
{
    private readonly EncodeWorkspace?[] _idle = new EncodeWorkspace?[Math.Clamp(Environment.ProcessorCount, 1, 64)];

    public AddedVocabulary Added { get; } = added;

    public EncodeWorkspace Rent()
    {
        for (int i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is not null && Interlocked.Exchange(ref _idle[i], null) is { } workspace)
            {
                return workspace;
            }
        }

        return new EncodeWorkspace(model.CreateWorker());
    }

    public void Return(EncodeWorkspace workspace)
    {
        workspace.Trim();
        for (int i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is null && Interlocked.CompareExchange(ref _idle[i], workspace, null) is null)
            {
                return;
            }
        }
    }

    /// <summary>Encodes into the workspace.</summary>
    /// <param name="text">The text.</param>
    /// <param name="parseSpecialTokens">Whether text that spells a special token becomes it.</param>
    /// <param name="tracked">Whether ranges, word ids and spellings are kept.</param>
    /// <param name="limit">The run may stop once it has this many tokens.</param>
    /// <param name="workspace">Where the tokens go.</param>
    public void Run(ReadOnlySpan<char> text, bool parseSpecialTokens, bool tracked, int limit, EncodeWorkspace workspace)
    {
        workspace.Clear();
        int word = 0;
        Added.Verbatim.Split(text, parseSpecialTokens, workspace.Sections);
        foreach ((int start, int end, AddedToken? token) in workspace.Sections)
        {
            if (workspace.Tokens.Count >= limit)
            {
                return;
            }

            if (token is not null)
            {
                AddToken(token.Id, start, end, text[start..end], tracked, word++, workspace);
                continue;
            }

            RunSection(text[start..end], start, parseSpecialTokens, tracked, limit, ref word, workspace);
        }
    }

    private static void AddToken(int id, int start, int end, ReadOnlySpan<char> spelling, bool tracked, int word, EncodeWorkspace workspace)
    {
        workspace.Tokens.Add(id, start, end);
        if (tracked)
        {
            workspace.Spellings[workspace.Tokens.Count - 1] = spelling.ToString();
            workspace.WordIds.Add(word);
        }
    }

    private void RunSection(ReadOnlySpan<char> section, int origin, bool parseSpecialTokens, bool tracked, int limit, ref int word, EncodeWorkspace workspace)
    {
        AlignedText text = workspace.Text;
        PreTokenizedText pieces = workspace.PreTokenized;
        text.Load(section, origin, tracked || preTokenizer is { NeedsAlignment: true });
        normalizer?.Normalize(text);
        pieces.Reset();
        if (Added.Normalized.IsEmpty)
        {
            pieces.Add(0, text.Length);
        }
        else
        {
            workspace.InnerSections.Clear();
            Added.Normalized.Split(text.Span, parseSpecialTokens, workspace.InnerSections);
            foreach ((int start, int end, AddedToken? token) in workspace.InnerSections)
            {
                pieces.Add(start, end, token?.Id ?? -1);
            }
        }

        preTokenizer?.PreTokenize(pieces);
        Spell(pieces, tracked, limit, ref word, workspace);
    }

    private void Spell(PreTokenizedText pieces, bool tracked, int limit, ref int word, EncodeWorkspace workspace)
    {
        AlignedText text = pieces.Text;
        ReadOnlySpan<char> span = text.Span;
        TokenBuffer tokens = workspace.Tokens;
        foreach (Piece piece in pieces.Pieces)
        {
            if (tokens.Count >= limit)
            {
                return;
            }

            ReadOnlySpan<char> units = span[piece.Start..piece.End];
            if (piece.IsToken)
            {
                (int start, int end) = tracked ? text.OriginalRange(piece.Start, piece.End) : default;
                AddToken(piece.TokenId, start, end, units, tracked, word++, workspace);
                continue;
            }

            int first = tokens.Count;
            if (units.Length > WordCache.LongestWord)
            {
                workspace.Worker.Tokenize(units, tokens);
            }
            else if (!workspace.Cache.TryGet(units, tokens, out uint hash))
            {
                workspace.Worker.Tokenize(units, tokens);
                workspace.Cache.Remember(units, hash, tokens, first);
            }

            if (tracked)
            {
                SpellVerbatim(units, first, workspace);
                Align(text, piece.Start, tokens, first);
                for (int i = first; i < tokens.Count; i++)
                {
                    workspace.WordIds.Add(word);
                }
            }

            word++;
        }
    }

    private void SpellVerbatim(ReadOnlySpan<char> units, int first, EncodeWorkspace workspace)
    {
        TokenBuffer tokens = workspace.Tokens;
        for (int i = first; model.VerbatimId >= 0 && i < tokens.Count; i++)
        {
            if (tokens.Ids[i] == model.VerbatimId)
            {
                workspace.Spellings[i] = units[tokens.Starts[i]..tokens.Ends[i]].ToString();
            }
        }
    }

    private static void Align(AlignedText text, int pieceStart, TokenBuffer tokens, int first)
    {
        Span<int> starts = tokens.Starts;
        Span<int> ends = tokens.Ends;
        for (int i = first; i < starts.Length; i++)
        {
            (starts[i], ends[i]) = text.OriginalRange(pieceStart + starts[i], pieceStart + ends[i]);
        }
    }
}
