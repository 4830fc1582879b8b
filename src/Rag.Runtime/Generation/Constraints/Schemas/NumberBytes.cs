using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>The bytes of numbers.</summary>
internal static class NumberBytes
{
    /// <summary>Each of them by itself.</summary>
    public static readonly ByteBoundaries Boundaries = Build();

    private static ByteBoundaries Build()
    {
        ByteBoundaries boundaries = default;
        foreach (char c in "-.0123456789")
        {
            boundaries = boundaries.With(c).With(c + 1);
        }

        return boundaries;
    }
}
