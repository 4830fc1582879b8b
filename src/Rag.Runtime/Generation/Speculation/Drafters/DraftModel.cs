using System.Globalization;
using Rag.Models;
using Rag.Runtime.Sessions;
using Rag.Tokenizers;

namespace Rag.Runtime.Generation.Speculation.Drafters;

/// <summary>
/// A smaller model that drafts for a larger one, the sessions it has, and what its guesses cost. Thread-safe.
/// </summary>
internal sealed class DraftModel : IDisposable
{
    // llama.cpp's bound for models of one family, whose last tokens differ (SPEC_VOCAB_MAX_SIZE_DIFFERENCE).
    private const int MostDifferentTokens = 128;
    private const double Weight = .2;
    private readonly Func<IDecoderSession> _create;
    private readonly IDisposable? _model;
    private readonly int _mostFree;
    private readonly Lock _lock = new();
    private readonly List<CachedSession> _free = [];
    private bool _disposed;

    /// <param name="create">Begins a session.</param>
    /// <param name="model">Disposed with it; null for nothing.</param>
    /// <param name="mostFree">The most sessions that are kept for the next request.</param>
    public DraftModel(Func<IDecoderSession> create, IDisposable? model, int mostFree) => (_create, _model, _mostFree) = (create, model, mostFree);

    /// <summary>The time of one guess; 0 before it is known.</summary>
    public double SecondsPerGuess { get; private set; }

    /// <summary>Loads the draft model that the options name; null where they name none.</summary>
    /// <param name="options">Of the larger model.</param>
    /// <param name="tokenizer">Of the larger model.</param>
    /// <param name="model">The larger model, which is disposed where this one cannot be had.</param>
    /// <param name="modelPath">Of the larger model, for the message.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IncompatibleException">The vocabularies differ.</exception>
    public static DraftModel? Load(LocalModelOptions options, Tokenizer tokenizer, IDisposable model, string modelPath, CancellationToken cancellationToken)
    {
        if (options.Speculation.DraftModel is not { } path)
        {
            return null;
        }

        try
        {
            ModelFolder folder = ModelFolder.Open(path);
            ThrowUnlessSame(FolderTokenizer.Load(folder), tokenizer, folder.FolderPath, modelPath);
            OnnxDecoderModel draft = OnnxDecoderModel.Load(folder, options.Runtime, progress: options.PackingProgress, cancellationToken: cancellationToken);
            return new DraftModel(draft.CreateSession, draft, options.MaxConcurrentRequests);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Compares two vocabularies token by token.</summary>
    /// <exception cref="IncompatibleException">They differ.</exception>
    public static void ThrowUnlessSame(Tokenizer draft, Tokenizer tokenizer, string draftPath, string path)
    {
        int common = Math.Min(draft.VocabularySize, tokenizer.VocabularySize);
        if (Math.Max(draft.VocabularySize, tokenizer.VocabularySize) - common > MostDifferentTokens)
        {
            throw new IncompatibleException(
                string.Create(CultureInfo.InvariantCulture, $"The draft model {draftPath} has {draft.VocabularySize} tokens and the model {path} has {tokenizer.VocabularySize}; a draft model must have the vocabulary of the model that it drafts for, so choose one of the same family."), draftPath);
        }

        for (int id = 0; id < common; id++)
        {
            if (draft.IdToToken(id) != tokenizer.IdToToken(id))
            {
                throw new IncompatibleException(
                    string.Create(CultureInfo.InvariantCulture, $"Token {id} is '{draft.IdToToken(id)}' in the draft model {draftPath} and '{tokenizer.IdToToken(id)}' in the model {path}; a draft model must have the vocabulary of the model that it drafts for, so choose one of the same family."), draftPath);
            }
        }
    }

    /// <summary>A session for one request, of those that are free the one that has most of its sequence.</summary>
    public CachedSession Rent(ReadOnlySpan<int> sequence)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            int best = -1;
            int most = -1;
            for (int i = 0; i < _free.Count; i++)
            {
                int common = _free[i].CommonPrefix(sequence);
                (best, most) = common > most ? (i, common) : (best, most);
            }

            if (best >= 0)
            {
                CachedSession session = _free[best];
                _free.RemoveAt(best);
                return session;
            }
        }

        return new CachedSession(_create());
    }

    /// <summary>Gives a session back.</summary>
    public void Return(CachedSession session)
    {
        lock (_lock)
        {
            if (!_disposed && _free.Count < _mostFree)
            {
                _free.Add(session);
                return;
            }
        }

        session.Dispose();
    }

    /// <summary>Counts the time of some guesses.</summary>
    public void NoteTime(double secondsPerGuess)
    {
        lock (_lock)
        {
            SecondsPerGuess = SecondsPerGuess == 0 ? secondsPerGuess : SecondsPerGuess + (Weight * (Math.Min(secondsPerGuess, SecondsPerGuess * 4) - SecondsPerGuess));
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _free.ForEach(session => session.Dispose());
            _free.Clear();
        }

        _model?.Dispose();
    }
}
