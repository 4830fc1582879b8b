using System.Runtime.CompilerServices;
using System.Text;
using Rag.Tokenizers.ChatTemplates.Values;

namespace Rag.Tokenizers.ChatTemplates.Runtime;

/// <summary>One rendering under way: scope, output and what is left of its limits. Not safe for concurrent use.</summary>
internal sealed class RenderState(Scope scope, int maxSteps, int maxOutputLength, TimeProvider time)
{
    /// <summary>Macros that call macros; Python itself stops near a thousand frames.</summary>
    private const int MaxDepth = 100;

    private int _steps;
    private int _depth;

    public Scope Scope { get; set; } = scope;

    public StringBuilder Output { get; private set; } = new();

    public TimeProvider Time { get; } = time;

    /// <summary>Counts one step of work; every node and every loop turn is one.</summary>
    public void Step(int weight = 1)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        _steps = (int)Math.Min(int.MaxValue, (long)_steps + weight);
        if (_steps > maxSteps)
        {
            throw new LimitExceededException(nameof(ChatTemplateContext.MaxSteps), maxSteps, _steps, "The chat template");
        }
    }

    public void Write(string text)
    {
        CheckLength((long)Output.Length + text.Length);
        Output.Append(text);
    }

    /// <summary>Holds a string that is about to be made to the limit of the output.</summary>
    public void CheckLength(long length)
    {
        if (length > maxOutputLength)
        {
            throw new LimitExceededException(nameof(ChatTemplateContext.MaxOutputLength), maxOutputLength, length, "The chat template");
        }

        Step((int)(length >> 10));
    }

    /// <summary>Runs something with its own output and scope, and returns what it wrote.</summary>
    public string Capture(Scope scope, Action<RenderState> body)
    {
        if (_depth >= MaxDepth)
        {
            throw new TemplateFailure($"macros call each other more than {MaxDepth} levels deep");
        }

        _depth++;
        (StringBuilder output, Scope outer) = (Output, Scope);
        (Output, Scope) = (new StringBuilder(), scope);
        try
        {
            body(this);
            return Output.ToString();
        }
        finally
        {
            (Output, Scope) = (output, outer);
            _depth--;
        }
    }
}
