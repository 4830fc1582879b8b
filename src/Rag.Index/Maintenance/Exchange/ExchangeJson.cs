using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rag.Index.Maintenance.Exchange;

/// <summary>The JSON forms of an export.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 16, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(ExchangeHeader))]
[JsonSerializable(typeof(ExchangeDocument))]
[JsonSerializable(typeof(ExchangeEnd))]
internal sealed partial class ExchangeJson : JsonSerializerContext;
