using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Scheduling;
using Rag.Tests.Support;
using Rag.Tokenizers;

namespace Rag.Runtime.Tests.Generation.Scheduling;

/// <summary>An engine over scripted sessions that share their steps, which notes what ran in which order.</summary>
internal sealed class ScriptedEngine : IDisposable
{
    private static readonly Tokenizer Bytes = Tokenizer.Parse(System.Text.Encoding.UTF8.GetBytes(TinyChatModel.Tokenizer()), "scripted");
    private readonly object _group = new();
    private readonly GenerationEngine _engine;

    public ScriptedEngine(LocalModelOptions options, TimeProvider? time = null, int bytesPerToken = 0)
    {
        options.ReusePrefix = false;
        _engine = new GenerationEngine(
            "scripted",
            Bytes,
            new HashSet<int>(),
            new HashSet<int>(),
            _ =>
            {
                ScriptedSession session = new(264, 100_000) { Group = Shares ? _group : null, Steps = Steps, BytesPerToken = bytesPerToken };
                Sessions.Add(session);
                session.CreatingBatch = () => CreatingBatch?.Invoke();
                session.SharedStep = () => SharedStep?.Invoke();
                session.Step = position => Step?.Invoke(session, position);
                return session;
            },
            options,
            time ?? TimeProvider.System);
    }

    public bool Shares { get; init; } = true;

    /// <summary>The sessions in the order they were opened.</summary>
    public List<ScriptedSession> Sessions { get; } = [];

    /// <summary>Every step; 0 tokens for a shared one.</summary>
    public List<(ScriptedSession Session, int Tokens)> Steps { get; } = [];

    /// <summary>Runs before every token, on the thread of the round.</summary>
    public Action<ScriptedSession, int>? Step { get; set; }

    /// <summary>Runs before every token of a shared step.</summary>
    public Action? SharedStep { get; set; }

    /// <summary>Runs before a batch is made.</summary>
    public Action? CreatingBatch { get; set; }

    public LocalModelUsage Usage => _engine.Usage;

    public int Available => _engine.Available;

    public Task<GenerationRun> StartAsync(int[] prompt, int tokens, int priority = 0, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _engine.StartAsync(Request(prompt, tokens) with { Priority = priority, Timeout = timeout }, cancellationToken);

    /// <summary>A request to its end.</summary>
    public async Task<string> AskAsync(int[] prompt, int tokens, int priority = 0, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        GenerationRun run = await StartAsync(prompt, tokens, priority, timeout, cancellationToken);
        await using (run)
        {
            return await ReadAsync(run);
        }
    }

    public static async Task<string> ReadAsync(GenerationRun run)
    {
        string text = "";
        await foreach (GeneratedText piece in run.Texts)
        {
            text += piece.Text;
        }

        return text;
    }

    /// <summary>What a request gets that runs alone.</summary>
    public static string Alone(int[] prompt, int tokens)
    {
        using CachedSession session = new(new ScriptedSession(264, 100_000));
        using TextGeneration generation = new(session, Request(prompt, tokens), new HashSet<int>(), Bytes);
        string text = "";
        while (!generation.HasEnded)
        {
            text += generation.Next(CancellationToken.None);
        }

        return text;
    }

    public static int[] Prompt(int seed, int length) => [.. Enumerable.Range(0, length).Select(i => 5 + (((i * 31) + (seed * 17)) % 250))];

    public void Dispose() => _engine.Dispose();

    private static GenerationRequest Request(int[] prompt, int tokens) => new(prompt, tokens, new SamplingOptions(), 0, []);
}
