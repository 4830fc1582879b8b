using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Rag.Citations;
using Rag.Documents;
using Rag.Index;
using Rag.Matching;
using Rag.Reading;
using Rag.Retrieval;

namespace Rag.Answering;

/// <summary>
/// Answers without a language model: the sentences of the best passages that bear most on the question, verbatim, each with
/// its citation; or the sentence that the documents do not answer it.
/// </summary>
/// <remarks>
/// A sentence's score is the share of the question's weighted terms that it has, a part of what its passage and the sentence
/// before it have, the passage's own score, and, with an embedder, its similarity to the question. The evidence for answering
/// at all is looked for in the best passage. No claim to understand the question: a sentence on its subject may still not
/// answer it. Safe for concurrent use.
/// </remarks>
public sealed class ExtractiveAnswerGenerator : IAnswerGenerator
{
    private readonly IChunkIndex _index;
    private readonly IEmbeddingGenerator<string, Embedding<float>>? _embedder;
    private readonly ExtractiveAnswerOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Creates the generator.</summary>
    /// <param name="index">Where the documents' text is, and quotes are verified.</param>
    /// <param name="embedder">Compares sentences with the question; null to go by words alone. Not disposed.</param>
    /// <param name="options">Numbers and thresholds; the defaults where null.</param>
    /// <param name="timeProvider">The clock; the system's where null.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ExtractiveAnswerGenerator(
        IChunkIndex index, IEmbeddingGenerator<string, Embedding<float>>? embedder = null, ExtractiveAnswerOptions? options = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        _options = options ?? new ExtractiveAnswerOptions();
        _options.Validate();
        _index = index;
        _embedder = embedder;
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public string Name => "extractive";

    /// <inheritdoc/>
    public async IAsyncEnumerable<AnswerPart> GenerateAsync(
        Question question, IReadOnlyList<RetrievedChunk> retrieved, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(retrieved);
        StepTimer timer = new(_time);
        string asked = StandaloneQuestion.Of(question);
        CitationVerifier verifier = new(_index.Within(question.Scope));
        List<CandidateSentence> candidates = await CandidatesAsync(asked, retrieved, verifier, cancellationToken).ConfigureAwait(false);
        List<CandidateSentence> chosen = Choose(await AddSimilarityAsync(asked, candidates, cancellationToken).ConfigureAwait(false));
        timer.Step("generate");

        List<Citation> citations = [];
        List<string> sentences = [];
        foreach (CandidateSentence sentence in chosen)
        {
            TextRange range = QuoteText.Shorten(sentence.Document.Text, sentence.Range, _options.MaxQuoteCharacters);
            Citation citation = new(sentence.Document.Id, null, range, sentence.Document.Text[range.Start..range.End], sentence.Source);
            if (await verifier.VerifyAsync(citation, cancellationToken).ConfigureAwait(false) is { } verified)
            {
                citations.Add(verified);
                sentences.Add($"{QuoteText.AsSentence(verified.Quote)} [{verified.Source}]");
            }
        }

        timer.Step("cite");
        bool refused = citations.Count == 0;
        if (refused)
        {
            sentences.Add(_options.RefusalSentence);
        }

        for (int i = 0; i < sentences.Count; i++)
        {
            yield return new AnswerPart { Text = i == 0 ? sentences[i] : " " + sentences[i] };
        }

        yield return new AnswerPart
        {
            Answer = new Answer
            {
                Text = string.Join(' ', sentences),
                Generator = Name,
                Refused = refused,
                Citations = [.. citations.OrderBy(citation => citation.Source).ThenBy(citation => citation.Range.Start)],
                Retrieved = retrieved,
                Timings = timer.Steps,
            },
        };
    }

    /// <summary>The sentences of the best passages with their scores; none where nothing bears on the question.</summary>
    private async ValueTask<List<CandidateSentence>> CandidatesAsync(
        string question, IReadOnlyList<RetrievedChunk> retrieved, CitationVerifier verifier, CancellationToken cancellationToken)
    {
        HashSet<string>[] passages = [.. retrieved.Select(item => Terms.Of(item.Chunk.IndexedText))];
        TermWeights weights = new(Terms.ContentOf(question), passages);
        if (!_options.EntriesOnly && !HasEvidence(question, retrieved, passages, weights))
        {
            return [];
        }

        if (retrieved.Count == 0)
        {
            return [];
        }

        // A reranker's scores begin nowhere, so that a share of them means nothing.
        double most = retrieved.Max(item => item.RetrievalScore ?? item.Score);
        List<CandidateSentence> candidates = [];
        for (int i = 0; i < Math.Min(retrieved.Count, _options.MaxPassages); i++)
        {
            if (await verifier.GetPassageAsync(retrieved[i].Chunk, cancellationToken).ConfigureAwait(false) is not { Chunk: var chunk, Document: var document } stored)
            {
                continue;
            }

            double passage = most > 0 ? (retrieved[i].RetrievalScore ?? retrieved[i].Score) / most : 0;
            double around = weights.Coverage(passages[i]), before = 0;
            TextRange heading = default;
            foreach (PassageSentence sentence in stored.Sentences)
            {
                heading = sentence.IsHeading ? sentence.Range : heading;
                HashSet<string> terms = sentence.IsEntry
                    ? EntryTerms.Of(sentence.Range.Of(document.Text), chunk.HeadingPath, heading.Of(document.Text))
                    : Terms.Of(sentence.Range.Of(document.Text));
                double coverage = weights.Coverage(terms);
                if (!sentence.IsHeading && !(_options.EntriesOnly && sentence.IsProse))
                {
                    candidates.Add(new CandidateSentence(i + 1, document, sentence.Range, coverage + (.1 * before) + (.2 * around) + (.2 * passage), coverage));
                }

                before = coverage;
            }
        }

        return candidates;
    }

    /// <summary>
    /// Whether anything retrieved bears on the question: enough of its terms, or terms and similarity together. A question in
    /// another script goes by its terms: to an encoder that does not know the script all such texts look alike, and it would
    /// vouch for every one of them.
    /// </summary>
    private bool HasEvidence(string question, IReadOnlyList<RetrievedChunk> retrieved, HashSet<string>[] passages, TermWeights weights)
    {
        bool comparable = ReadableText.IsLatin(question);
        for (int i = 0; i < Math.Min(retrieved.Count, _options.MaxPassages); i++)
        {
            double coverage = weights.Coverage(passages[i]);
            if (comparable && retrieved[i].Dense is { } cosine
                ? coverage + Similarity.Above(cosine, _options.UnrelatedSimilarity) >= _options.MinEvidence
                : coverage >= _options.MinCoverage)
            {
                return true;
            }
        }

        return false;
    }

    private async ValueTask<List<CandidateSentence>> AddSimilarityAsync(string question, List<CandidateSentence> candidates, CancellationToken cancellationToken)
    {
        if (_embedder is null || candidates.Count == 0)
        {
            return candidates;
        }

        List<CandidateSentence> best = [.. candidates.OrderByDescending(sentence => sentence.Score).Take(_options.MaxEmbeddedSentences)];
        EmbeddingIdentity? identity = _embedder.GetService(typeof(EmbeddingIdentity)) as EmbeddingIdentity;
        GeneratedEmbeddings<Embedding<float>> vectors = await _embedder.GenerateAsync(
            [identity?.QueryPrefix + question, .. best.Select(sentence => identity?.DocumentPrefix + sentence.Text)], null, cancellationToken).ConfigureAwait(false);
        if (vectors.Count != best.Count + 1)
        {
            return candidates;
        }

        return [.. best.Select((sentence, i) =>
        {
            double similarity = Similarity.Cosine(vectors[0].Vector.Span, vectors[i + 1].Vector.Span);
            return sentence with { Score = sentence.Score + similarity, Evidence = sentence.Evidence + similarity };
        })];
    }

    /// <summary>The best sentence and those nearly as good, none twice, best first.</summary>
    private List<CandidateSentence> Choose(List<CandidateSentence> candidates)
    {
        List<CandidateSentence> chosen = [];
        foreach (CandidateSentence sentence in candidates.OrderByDescending(sentence => sentence.Score).ThenBy(sentence => sentence.Source).ThenBy(sentence => sentence.Range.Start))
        {
            if (chosen.Count == _options.MaxSentences || (chosen.Count > 0 && sentence.Score < _options.FurtherShare * chosen[0].Score))
            {
                break;
            }

            if (_options.EntriesOnly && sentence.Evidence < (_embedder is null ? _options.MinCoverage : _options.MinEvidence))
            {
                continue;
            }

            bool repeats = chosen.Exists(other => other.Text == sentence.Text || (other.Document.Id == sentence.Document.Id && other.Range.Overlaps(sentence.Range)));
            if (!repeats)
            {
                chosen.Add(sentence);
            }
        }

        return chosen;
    }
}
