using System.Globalization;
using Microsoft.Extensions.AI;
using Rag.Answering;
using Rag.Prompting;
using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Constraints.Quotes;

namespace Rag.Hosting.Composition;

/// <summary>Holds the local model to quotes of the sources in its prompt.</summary>
internal static class QuotedAnswers
{
    /// <inheritdoc cref="QuoteBinding"/>
    public static QuoteFinder? Bind(IReadOnlyList<PromptSource> sources, string refusal, ChatOptions options)
    {
        QuoteConstraint constraint = QuoteConstraint.Create(
            sources.Select(source => new QuoteSource(source.Number.ToString(CultureInfo.InvariantCulture), source.Text)),
            new QuoteConstraintOptions { Refusal = refusal, Reference = " [{id}]", MaxSources = int.MaxValue, MaxSourceCharacters = 200_000_000 });
        options.WithConstraint(constraint);
        return text => [.. constraint.Find(text).Select(quote => new SourceQuote(int.Parse(quote.SourceId, CultureInfo.InvariantCulture), quote.Range))];
    }
}
