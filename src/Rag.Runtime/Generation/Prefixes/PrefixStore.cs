using Rag.Runtime.Sessions;

namespace Rag.Runtime.Generation.Prefixes;

/// <summary>Saves prefixes of a model to files and loads them again. Thread-safe.</summary>
internal sealed class PrefixStore(AdaptedModel model, PrefixCache cache)
{
    /// <summary>Computes tokens and writes what was computed.</summary>
    /// <param name="path">The file; replaced where it is there.</param>
    /// <param name="tokens">Gives at least one token, and the adapter to compute them with.</param>
    /// <param name="engine">Where to compute them.</param>
    /// <param name="cancellationToken">Ends it; no file is written then.</param>
    /// <returns>The tokens saved.</returns>
    public async Task<int> SaveAsync(string path, Func<(int[] Tokens, string? Adapter)> tokens, GenerationEngine engine, CancellationToken cancellationToken)
    {
        (int[] beginning, string? adapter) = await Task.Run(tokens, cancellationToken).ConfigureAwait(false);
        await engine.RunAsync(beginning, adapter, session => Save(path, beginning, session, cancellationToken), cancellationToken).ConfigureAwait(false);
        return beginning.Length;
    }

    /// <summary>Keeps what a file holds, for the adapters that it was computed with.</summary>
    /// <returns>Its tokens.</returns>
    public int Load(string path, CancellationToken cancellationToken)
    {
        using StoredPrefix prefix = PrefixFileReader.Read(path, model.Model, model.Model.Identity(cancellationToken), cache.Budget, cancellationToken);
        string?[] adapters = prefix.Adapter.Length == 0
            ? [null]
            : [.. model.Adapters.Where(adapter => DecoderIdentity.OfAdapter(adapter.Value.FolderPath) == prefix.Adapter).Select(adapter => adapter.Key)];
        if (adapters.Length == 0)
        {
            throw new IncompatibleException($"{path} was saved with an adapter that the model {model.Model.FolderPath} was not loaded with.", path);
        }

        foreach (string? adapter in adapters)
        {
            int kept = cache.Insert(adapter, prefix.Tokens, prefix);
            if (kept < prefix.Tokens.Length)
            {
                throw new LimitExceededException(nameof(LocalModelOptions.PrefixCacheBytes), cache.Budget, cache.Budget + 1, $"The saved prefix {path}");
            }
        }

        return prefix.Tokens.Length;
    }

    private void Save(string path, int[] tokens, CachedSession session, CancellationToken cancellationToken)
    {
        int kept = session.Begin(tokens);
        session.Append(tokens.AsSpan(kept), cancellationToken);
        session.Keep();
        IRowSource rows = session.Rows!;
        if (!RotaryTables.IsShared(rows.Regime))
        {
            throw new UnsupportedException(
                $"The rotary positions of the model {model.Model.FolderPath} depend on the length of the whole sequence from {tokens.Length} tokens on: what was computed of them is of no use for a longer one.", model.Model.FolderPath);
        }

        string adapter = session.Adapter is { } name ? DecoderIdentity.OfAdapter(model.Adapters[name].FolderPath) : "";
        PrefixFileWriter.Write(path, model.Model.Identity(cancellationToken), adapter, tokens, rows, cancellationToken);
    }
}
