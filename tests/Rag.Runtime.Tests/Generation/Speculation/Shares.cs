using Rag.Runtime.Generation.Constraints.Tokens;
using Rag.Runtime.Generation.Speculation;
using Rag.Runtime.Generation.Speculation.Drafters;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation.Speculation;

/// <summary>What requests share, so that whatever is guessed is checked: guesses cost nothing under a clock that stands still.</summary>
internal static class Shares
{
    public static SpeculationShare Of(params IDrafter[] drafters) => Of(new SpeculationOptions(), (_, _) => drafters);

    public static SpeculationShare Of(SpeculationOptions options, Func<string?, TokenMatcher?, IEnumerable<IDrafter>>? drafters = null, DraftModel? model = null)
    {
        SpeculationShare share = drafters is null
            ? new SpeculationShare(options, 256, new ManualTime(), model)
            : new SpeculationShare(options, 256, new ManualTime(), model) { CreateDrafters = drafters };
        Free(share);
        return share;
    }

    /// <summary>Makes steps of any width cost as much as those of one token.</summary>
    public static void Free(SpeculationShare share)
    {
        for (int width = 2; width <= share.MaxDraftTokens + 1; width++)
        {
            for (int i = 0; i < 60; i++)
            {
                share.Costs.Note(width, 0);
            }
        }
    }
}
