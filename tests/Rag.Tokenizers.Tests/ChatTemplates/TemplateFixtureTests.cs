using System.Text.Json;
using Rag.Tests.Support;
using Rag.Tokenizers.ChatTemplates;
using Rag.Tokenizers.ChatTemplates.Values;
using Rag.Tokenizers.Tests.Fixtures;

namespace Rag.Tokenizers.Tests.ChatTemplates;

/// <summary>The templates of well-known models, rendered byte for byte as transformers renders them.</summary>
public sealed class TemplateFixtureTests(ITestOutputHelper output)
{
    private const string Units = "jinja-units";

    public static TheoryData<string> Names() => SharedData.Find("fixtures", "chat-templates") is { } root
        ? [.. Directory.EnumerateFiles(root, "*.jsonl").Select(file => Path.GetFileNameWithoutExtension(file)).Where(name => name != Units).Order(StringComparer.Ordinal)]
        : [];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Names))]
    public void Conversations_render_as_the_reference_renders_them(string name)
    {
        var template = ChatTemplate.Parse(File.ReadAllText(SharedData.Require("data", "chat-templates", name + ".jinja")));
        var faults = new Faults();
        int equal = 0;
        foreach (JsonElement line in FixtureTokenizers.Lines(SharedData.Require("fixtures", "chat-templates", name + ".jsonl")))
        {
            faults.Begin(line.GetProperty("name").GetString()!);
            CompareCase(template, line, Messages(line), faults);
            equal++;
        }

        output.WriteLine($"{equal} conversations compared");
        faults.Assert();
    }

    [Fact]
    public void Small_templates_print_what_the_reference_prints()
    {
        var faults = new Faults();
        int compared = 0;
        int unsupported = 0;
        foreach (JsonElement line in FixtureTokenizers.Lines(SharedData.Require("fixtures", "chat-templates", Units + ".jsonl")))
        {
            string source = line.GetProperty("template").GetString()!;
            ChatTemplate template;
            try
            {
                template = ChatTemplate.Parse(source);
            }
            catch (UnsupportedException e)
            {
                unsupported++;
                output.WriteLine($"{source} -- {e.Message}");
                continue;
            }
            catch (CorruptException) when (line.TryGetProperty("error", out _))
            {
                compared++;
                continue;
            }

            compared++;
            faults.Begin(source);
            CompareCase(template, line, null, faults);
        }

        output.WriteLine($"{compared} compared, {unsupported} not supported");
        faults.Assert();
    }

    private static void CompareCase(ChatTemplate template, JsonElement line, object? messages, Faults faults)
    {
        Dictionary<string, object?> extras = [];
        foreach (string field in new[] { "kwargs", "context" })
        {
            if (line.TryGetProperty(field, out JsonElement variables))
            {
                foreach (JsonProperty variable in variables.EnumerateObject())
                {
                    extras[variable.Name] = Convert(variable.Value);
                }
            }
        }

        var context = new ChatTemplateContext
        {
            AddGenerationPrompt = extras.TryGetValue("add_generation_prompt", out object? add) && add is true,
            BosToken = line.TryGetProperty("bos_token", out JsonElement bos) ? bos.GetString() ?? "" : "",
            ContinueFinalMessage = extras.Remove("continue_final_message", out object? continues) && continues is true,
            EosToken = line.TryGetProperty("eos_token", out JsonElement eos) ? eos.GetString() ?? "" : "",
            Extras = extras,
            TimeProvider = new StoppedClock(),
        };
        string outcome;
        try
        {
            outcome = template.Render(messages ?? Convert(line.TryGetProperty("messages", out JsonElement own) ? own : default), context);
        }
        catch (IncompatibleException e)
        {
            outcome = "error: " + e.Message;
        }

        if (line.TryGetProperty("error", out JsonElement error))
        {
            bool raised = error.TryGetProperty("raised_by_template", out JsonElement by) && by.ValueKind == JsonValueKind.True;
            string message = error.GetProperty("message").GetString()!;
            faults.Compare("error", [true], [outcome.StartsWith("error: ", StringComparison.Ordinal) && (!raised || outcome.EndsWith(message, StringComparison.Ordinal))]);
        }
        else
        {
            faults.Compare("output", [line.GetProperty("output").GetString()!], [outcome]);
        }
    }

    /// <summary>Messages with their reasoning copied as the fixtures' README says.</summary>
    private static TemplateList Messages(JsonElement line)
    {
        List<object?> messages = [];
        foreach (JsonElement element in line.GetProperty("messages").EnumerateArray())
        {
            var message = (TemplateMap)Convert(element)!;
            object? reasoning = new[] { "reasoning_content", "thinking", "reasoning" }.Select(key => message.TryGet(key, out object? value) ? value : null).FirstOrDefault(value => value is not null);
            if (reasoning is not null)
            {
                message["reasoning_content"] = reasoning;
                if (!message.TryGet("thinking", out object? thinking) || thinking is null)
                {
                    message["thinking"] = reasoning;
                }
            }

            messages.Add(message);
        }

        return new TemplateList(messages);
    }

    private static object? Convert(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new TemplateMap();
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    map[property.Name] = Convert(property.Value);
                }

                return map;
            case JsonValueKind.Array:
                return new TemplateList([.. element.EnumerateArray().Select(Convert)]);
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                return element.GetRawText().AsSpan().ContainsAny(".eE") ? (object)element.GetDouble() : element.GetInt64();
            case JsonValueKind.True or JsonValueKind.False:
                return element.GetBoolean();
            default:
                return null;
        }
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2025, 3, 7, 14, 5, 9, TimeSpan.Zero);
    }
}
