using Rag.Tokenizers.Models;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers;

/// <summary>
/// Finds how much of a text fits into a number of tokens. The tokens of a window say where to cut; the cut is then counted by
/// itself, since a prefix need not have the tokens that the whole had there, and moves back until it fits.
/// </summary>
internal static class PrefixSearch
{
    public static int Find(ReadOnlySpan<char> text, int maxTokens, EncodePipeline pipeline, EncodeWorkspace workspace)
    {
        if (text.IsEmpty || maxTokens == 0)
        {
            // Text without a single token, such as spaces for BERT, fits into none.
            return text.IsEmpty || Fits(text, 0, pipeline, workspace) ? text.Length : 0;
        }

        long size = Math.Max(256, 8L * maxTokens);
        while (true)
        {
            int window = size >= text.Length ? text.Length : GraphemeBoundary.AtOrBefore(text, (int)size);
            pipeline.Run(text[..window], parseSpecialTokens: false, tracked: true, int.MaxValue, workspace);
            TokenBuffer tokens = workspace.Tokens;
            if (tokens.Count > maxTokens)
            {
                return Cut(text[..window], maxTokens, pipeline, workspace);
            }

            if (window == text.Length)
            {
                return window;
            }

            size *= 4;
        }
    }

    private static int Cut(ReadOnlySpan<char> text, int maxTokens, EncodePipeline pipeline, EncodeWorkspace workspace)
    {
        // What follows the last token that fits up to the next one (a space, say) costs nothing, and so stays.
        int[] starts = workspace.Tokens.Starts[..(maxTokens + 1)].ToArray();
        int[] ends = workspace.Tokens.Ends[..(maxTokens + 1)].ToArray();
        int cut = Math.Max(starts[maxTokens], ends[maxTokens - 1]);
        int step = 1;
        for (int token = maxTokens; ;)
        {
            cut = GraphemeBoundary.AtOrBefore(text, cut);
            if (cut == 0 || Fits(text[..cut], maxTokens, pipeline, workspace))
            {
                return cut;
            }

            // Steps double, so that a hostile vocabulary costs a logarithm of counts and not one for every token.
            token = Math.Max(0, token - step);
            step = step < 4 ? step + 1 : step * 2;
            cut = Math.Min(cut - 1, token == 0 ? 0 : ends[token - 1]);
        }
    }

    private static bool Fits(ReadOnlySpan<char> text, int maxTokens, EncodePipeline pipeline, EncodeWorkspace workspace)
    {
        pipeline.Run(text, parseSpecialTokens: false, tracked: false, maxTokens == int.MaxValue ? maxTokens : maxTokens + 1, workspace);
        return workspace.Tokens.Count <= maxTokens;
    }
}
