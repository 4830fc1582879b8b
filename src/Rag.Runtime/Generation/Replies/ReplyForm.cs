using Rag.Runtime.Generation.Replies.Formats;

namespace Rag.Runtime.Generation.Replies;

/// <summary>How a model's replies are read: what reasoning and calls look like in them. Immutable and thread-safe.</summary>
internal sealed class ReplyForm
{
    // The first that matches is taken; the more special ones come first.
    private static readonly IReplyFormat[] Reasoning = [new CohereThinking(), new GemmaThinking(), new MistralThinking(), new ThinkTags()];
    private static readonly IReplyFormat[] Calls =
    [
        new DeepSeekTags(), new DeepSeekCalls(), new KimiCalls(), new CohereActions(), new CohereActionList(), new MistralCalls(), new GraniteCalls(),
        new FunctionTags(), new ArgumentTags(), new HermesCalls(), new LlamaCalls(),
    ];

    private readonly bool _harmony;
    private readonly IReadOnlyList<ReplyBlock> _blocks;
    private readonly IReadOnlyList<string> _frames;

    private ReplyForm(bool harmony, IReplyFormat[] formats, string template)
    {
        _harmony = harmony;
        _blocks = [.. formats.SelectMany(format => format.Blocks)];
        _frames = [.. formats.SelectMany(format => format.Frames).Where(frame => template.Contains(frame, StringComparison.Ordinal))];
        TakesTools = template.Contains("tools", StringComparison.Ordinal) && (harmony || _blocks.Any(block => block.Calls is not null));
        Markers = harmony ? HarmonyReplyParser.Markers : [.. _blocks.SelectMany(block => new[] { block.Start, block.End }.OfType<string>()), .. _frames, .. formats.SelectMany(format => format.Marks)];
    }

    /// <summary>Replies that are nothing but an answer.</summary>
    public static ReplyForm Plain { get; } = new(harmony: false, [], template: "");

    /// <summary>Whether the model can be offered tools.</summary>
    public bool TakesTools { get; }

    /// <summary>Texts that must be seen in a reply even where they are special tokens.</summary>
    public IReadOnlyList<string> Markers { get; }

    /// <summary>Tokens that end a reply of this form.</summary>
    public IReadOnlyList<string> StopTokens => _harmony ? ["<|call|>", "<|return|>"] : [];

    /// <summary>Tokens that end a reply of other models, but not of this one.</summary>
    public IReadOnlyList<string> GoOnTokens => _harmony ? ["<|end|>"] : [];

    /// <summary>The form of a model's replies, by its chat template.</summary>
    public static ReplyForm Of(string template) => HarmonyReplyParser.Matches(template)
        ? new ReplyForm(harmony: true, [], template)
        : new ReplyForm(harmony: false, [.. new[] { First(Reasoning, template), First(Calls, template) }.OfType<IReplyFormat>()], template);

    /// <summary>A parser for one reply.</summary>
    /// <param name="promptEnd">The end of the prompt's own text: templates may have begun the reasoning.</param>
    /// <param name="tools">The tools that were offered.</param>
    public IReplyParser CreateParser(string promptEnd, ToolSet tools)
    {
        if (_harmony)
        {
            return new HarmonyReplyParser(tools);
        }

        string end = promptEnd.TrimEnd();
        return new BlockReplyParser(_blocks, _frames, tools, _blocks.FirstOrDefault(block => block.Calls is null && end.EndsWith(block.Start, StringComparison.Ordinal)));
    }

    private static IReplyFormat? First(IReplyFormat[] formats, string template) => Array.Find(formats, format => format.Matches(template));
}
