using System.Text.RegularExpressions;
using Rag.Chunking;
using Rag.Chunks;
using Rag.Citations;
using Rag.Documents;
using Rag.Matching;

namespace Rag.Answering;

/// <summary>Chooses the words of a source that bear out a statement.</summary>
internal static partial class QuoteSelector
{
    private const int ShortestQuotation = 10;

    /// <summary>
    /// What the statement quotes from the passage, where it quotes it word for word; else the sentence of the passage that shares
    /// most with the statement, terms weighed by how few sentences have them; null where none shares anything.
    /// </summary>
    /// <param name="statement">The sentence of the answer.</param>
    /// <param name="question">The question, whose terms decide where the statement has none of the passage's.</param>
    /// <param name="chunk">The passage.</param>
    /// <param name="shown">The part of it that the model saw.</param>
    /// <param name="document">Its document.</param>
    public static TextRange? Select(string statement, string question, Chunk chunk, TextRange shown, Document document)
    {
        foreach (Match quotation in Quotation().Matches(statement))
        {
            string words = quotation.Groups["words"].Value;
            if (words.Length >= ShortestQuotation && QuoteLocator.Find(shown.Of(document.Text), words) is { } found)
            {
                return new TextRange(shown.Start + found.Start, shown.Start + found.End);
            }
        }

        List<(TextRange Range, HashSet<string> Terms)> sentences =
        [
            .. PassageSentences.Of(chunk, document)
                .Where(sentence => !sentence.IsHeading && shown.Contains(sentence.Range))
                .Select(sentence => (sentence.Range, Terms.Of(sentence.Range.Of(document.Text)))),
        ];
        return Best(Terms.ContentOf(statement), sentences) ?? Best(Terms.ContentOf(question), sentences);
    }

    /// <summary>The sentence of an answer to which a reference at the end of a segment belongs.</summary>
    public static string LastSentence(string segment)
    {
        List<TextRange> sentences = SentenceSplitter.Split(segment, new TextRange(0, segment.Length));
        return sentences.Count == 0 ? "" : sentences.Select(range => segment[range.Start..range.End].Trim()).LastOrDefault(text => text.Length > 0) ?? "";
    }

    private static TextRange? Best(HashSet<string> wanted, List<(TextRange Range, HashSet<string> Terms)> sentences)
    {
        TermWeights weights = new(wanted, [.. sentences.Select(sentence => sentence.Terms)]);
        TextRange? best = null;
        double most = 0;
        foreach ((TextRange range, HashSet<string> terms) in sentences)
        {
            double coverage = weights.Coverage(terms);
            if (coverage > most)
            {
                most = coverage;
                best = range;
            }
        }

        return best;
    }

    [GeneratedRegex("(?:\"(?<words>[^\"]+)\"|“(?<words>[^”]+)”|«(?<words>[^»]+)»|「(?<words>[^」]+)」|『(?<words>[^』]+)』)", RegexOptions.CultureInvariant)]
    private static partial Regex Quotation();
}
