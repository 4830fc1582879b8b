using Rag.Tokenizers.ChatTemplates.Runtime;
using Rag.Tokenizers.ChatTemplates.Syntax;
using Rag.Tokenizers.ChatTemplates.Values;

namespace Rag.Tokenizers.ChatTemplates;

/// <summary>
/// A chat template: the program, in a part of Jinja, that turns a conversation into a model's prompt, with the settings that
/// transformers renders it with. It runs in a sandbox: it sees the values given to it and nothing of this program, and stops
/// at the limits of <see cref="ChatTemplateContext"/>. Immutable and safe for concurrent use.
/// </summary>
public sealed class ChatTemplate
{
    /// <summary>Templates in the wild have up to some 20,000 characters.</summary>
    public const int MaxTemplateLength = 1_000_000;

    private const string DefaultSource =
        "{{ bos_token }}{% for message in messages %}{{ '### ' ~ (message.role | capitalize) ~ ':\n' ~ (message.content | trim) ~ '\n\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '### Assistant:\n' }}{% endif %}";

    private readonly Block _program;

    private ChatTemplate(string source, Block program)
    {
        Source = source;
        _program = program;
    }

    /// <summary>
    /// The form for a model without a template, or with one that cannot be parsed here: the begin-of-text token, then for each
    /// turn "### Role:", its text and a blank line, then "### Assistant:" where an answer is wanted. It asks for no token that
    /// a vocabulary might lack.
    /// </summary>
    public static ChatTemplate Default { get; } = Parse(DefaultSource);

    /// <summary>The template as it was given.</summary>
    public string Source { get; }

    /// <summary>Parses a template.</summary>
    /// <param name="jinja">Its source.</param>
    /// <exception cref="UnsupportedException">When it uses a part of the language that is not known here.</exception>
    /// <exception cref="CorruptException">When it is not a template at all.</exception>
    /// <exception cref="LimitExceededException">When it is longer than <see cref="MaxTemplateLength"/>.</exception>
    public static ChatTemplate Parse(string jinja)
    {
        ArgumentNullException.ThrowIfNull(jinja);
        if (jinja.Length > MaxTemplateLength)
        {
            throw new LimitExceededException(nameof(MaxTemplateLength), MaxTemplateLength, jinja.Length, "The chat template");
        }

        return new ChatTemplate(jinja, TemplateParser.Parse(jinja));
    }

    /// <summary>The prompt for a conversation.</summary>
    /// <param name="turns">The conversation, first turn first.</param>
    /// <param name="context">What else the template may see, and the limits.</param>
    /// <exception cref="IncompatibleException">When the template refuses the conversation, or fails on it; the message ends with what it said.</exception>
    /// <exception cref="LimitExceededException">When a limit of the context was passed.</exception>
    public string Render(IReadOnlyList<ChatTurn> turns, ChatTemplateContext context)
    {
        ArgumentNullException.ThrowIfNull(turns);
        ArgumentNullException.ThrowIfNull(context);

        // DeepSeek's templates know a message of calls by that; most others would print it.
        bool none = Source.Contains("content'] is none", StringComparison.Ordinal);
        var messages = turns.Select(turn => (object?)turn.ToTemplate(none));
        return Render(TemplateValue.From(messages), context);
    }

    /// <summary>Renders with messages of any form, as tools and reasoning need them.</summary>
    internal string Render(object? messages, ChatTemplateContext context)
    {
        Scope scope = Globals.Create();
        scope.Set("messages", messages);
        scope.Set("tools", null);
        scope.Set("documents", null);
        scope.Set("add_generation_prompt", context.AddGenerationPrompt);
        scope.Set("bos_token", context.BosToken);
        scope.Set("eos_token", context.EosToken);
        foreach ((string name, object? value) in context.Extras)
        {
            scope.Set(name, TemplateValue.From(value));
        }

        var state = new RenderState(new Scope(scope), context.MaxSteps, context.MaxOutputLength, context.TimeProvider);
        try
        {
            _program.Execute(state);
            string rendered = state.Output.ToString();
            return context.ContinueFinalMessage ? FinalMessage.Cut(rendered, messages) : rendered;
        }
        catch (TemplateFailure e) when (e.RaisedByTemplate)
        {
            throw new IncompatibleException($"The chat template refuses this conversation: {e.Message}", innerException: e);
        }
        catch (TemplateFailure e)
        {
            throw new IncompatibleException($"The chat template failed on this conversation: {e.Message}", innerException: e);
        }
        catch (InsufficientExecutionStackException e)
        {
            throw new IncompatibleException("The chat template failed on this conversation: it calls itself without end.", innerException: e);
        }
    }
}
