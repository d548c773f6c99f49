using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Nabla.Text;

/// <summary>
/// A language model as the <see cref="IChatClient"/> that .NET's code for AI takes. The prompt is the text of the messages, line by line, unless another form
/// is given; instructions are a message of the system before them. Of the options it knows temperature (0 takes the most probable token), top-k, top-p, the most
/// tokens, the seed and stop sequences; what it does not know, such as tools, it passes over.
/// </summary>
/// <remarks>
/// What of a prompt the model does not see is counted in the usage: <see cref="UnknownPromptTokens"/>, which the vocabulary does not have and which are left
/// out, and <see cref="ForgottenPromptTokens"/>, by which the prompt is longer than the model sees at once.
/// </remarks>
/// <param name="generator">The language model.</param>
/// <param name="defaults">How texts are continued where a request says nothing else; null for the usual.</param>
/// <param name="prompt">What makes the prompt of messages; null to join their texts by line breaks.</param>
/// <example>
/// <code>
/// using IChatClient client = new LanguageModelChatClient(new TextGenerator(ModelFolder.Load("runs/shakespeare/model")));
/// ChatResponse response = await client.GetResponseAsync("ROMEO:", new ChatOptions { Temperature = 0.8f, MaxOutputTokens = 300 });
/// </code>
/// </example>
public sealed class LanguageModelChatClient(TextGenerator generator, GenerationOptions? defaults = null, Func<IEnumerable<ChatMessage>, string>? prompt = null)
    : IChatClient
{
    /// <summary>The additional count of the usage that says how many tokens of the prompt the vocabulary does not have.</summary>
    public const string UnknownPromptTokens = "unknownPromptTokens";

    /// <summary>The additional count of the usage that says by how many tokens the prompt is longer than the model sees at once.</summary>
    public const string ForgottenPromptTokens = "forgottenPromptTokens";

    private readonly TextGenerator generator = generator ?? throw new ArgumentNullException(nameof(generator));
    private readonly GenerationOptions defaults = defaults ?? new GenerationOptions();
    private readonly Func<IEnumerable<ChatMessage>, string> prompt = prompt ?? (messages => string.Join('\n', messages.Select(message => message.Text)));

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An option has no meaning, such as a temperature below 0.</exception>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An option has no meaning, such as a temperature below 0.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        (IReadOnlyList<int> tokens, int unknown) = generator.Encode(prompt(WithInstructions(messages, options)));
        GenerationOptions wanted = Merge(options);
        ChatReply reply = new(generator, tokens, wanted, [.. options?.StopSequences ?? []]);
        string id = Guid.NewGuid().ToString("N");
        await foreach (string piece in reply.StreamAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return Update(id, [new TextContent(piece)]);
        }

        UsageDetails usage = new() { InputTokenCount = tokens.Count, OutputTokenCount = reply.Made, TotalTokenCount = tokens.Count + reply.Made };
        usage.AdditionalCounts = Unseen(unknown, tokens.Count - generator.Window);
        ChatResponseUpdate last = Update(id, [new UsageContent(usage)]);
        last.FinishReason = reply.Made == wanted.MaximumTokens && !reply.HasStopped ? ChatFinishReason.Length : ChatFinishReason.Stop;
        yield return last;
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("nabla", defaultModelId: generator.Name)
            : serviceType.IsInstanceOfType(generator) ? generator
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Does nothing: the model is memory alone.</summary>
    public void Dispose()
    {
    }

    private ChatResponseUpdate Update(string id, IList<AIContent> contents) =>
        new(ChatRole.Assistant, contents) { ResponseId = id, MessageId = id, ModelId = generator.Name };

    private static IEnumerable<ChatMessage> WithInstructions(IEnumerable<ChatMessage> messages, ChatOptions? options) =>
        string.IsNullOrEmpty(options?.Instructions) ? messages : messages.Prepend(new ChatMessage(ChatRole.System, options.Instructions));

    private static AdditionalPropertiesDictionary<long>? Unseen(int unknown, int beyond)
    {
        AdditionalPropertiesDictionary<long> counts = [];
        if (unknown > 0)
        {
            counts[UnknownPromptTokens] = unknown;
        }

        if (beyond > 0)
        {
            counts[ForgottenPromptTokens] = beyond;
        }

        return counts.Count > 0 ? counts : null;
    }

    private GenerationOptions Merge(ChatOptions? options)
    {
        double? temperature = options?.Temperature is { } given ? Limits.NotNegative(given, nameof(options.Temperature)) : null;
        GenerationOptions merged = defaults with
        {
            Greedy = temperature is null ? defaults.Greedy : temperature == 0,
            TopK = options?.TopK ?? defaults.TopK,
            TopP = options?.TopP ?? defaults.TopP,
            MaximumTokens = options?.MaxOutputTokens ?? defaults.MaximumTokens,
            Seed = options?.Seed ?? defaults.Seed,
        };
        return temperature > 0 ? merged with { Temperature = temperature.Value } : merged;
    }
}
