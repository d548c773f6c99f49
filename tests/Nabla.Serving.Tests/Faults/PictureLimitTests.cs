using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Nabla.Data;
using Nabla.Serving.Inference;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Faults;

/// <summary>Pictures that are larger, or more at once, than the server decodes.</summary>
public sealed class PictureLimitTests
{
    private const int Pixels = 28 * 28;

    private static readonly byte[] Seven = File.ReadAllBytes(Nabla.Tests.Repository.PathOf("docs/images/seven.png"));

    [Fact]
    public async Task A_picture_of_more_pixels_than_may_be_is_not_decoded()
    {
        await using ServingHost host = await Start(new PictureOptions { MaxPixels = Pixels - 1 });
        (HttpStatusCode status, string text) = await Predict(host);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "too_large"), (status, ReasonIn(text)));
        Assert.Contains($"at most {Pixels - 1} pixels but got", text, StringComparison.Ordinal);
        (HttpStatusCode other, string more) = await host.Post("/v1/models/digits:predict", $$"""{"instances": [{"b64": "{{Convert.ToBase64String(Seven)}}"}]}""");
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "too_large"), (other, ReasonIn(more)));
        await using ServingHost wider = await Start(new PictureOptions { MaxPixels = Pixels });
        Assert.Equal(HttpStatusCode.OK, (await Predict(wider)).Status);
    }

    [Fact]
    public async Task When_too_many_wait_to_be_decoded_the_next_is_refused()
    {
        await using ServingHost host = await Start(new PictureOptions { AtOnce = 1, QueueLimit = 0 });
        using (await Decoder(host).EnterAsync(TestContext.Current.CancellationToken))
        {
            (HttpStatusCode status, string text) = await Predict(host);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "queue_full"), (status, ReasonIn(text)));
            await host.PostJson("/v2/models/digits/infer", Numbers());
        }

        Assert.Equal(HttpStatusCode.OK, (await Predict(host)).Status);
    }

    [Fact]
    public async Task A_picture_that_waits_is_decoded_when_there_is_a_place()
    {
        await using ServingHost host = await Start(new PictureOptions { AtOnce = 1, QueueLimit = 1 });
        Task<(HttpStatusCode Status, string)> waiting;
        using (await Decoder(host).EnterAsync(TestContext.Current.CancellationToken))
        {
            waiting = Predict(host);
            await Task.WhenAny(waiting, Task.Delay(100, TestContext.Current.CancellationToken));
            Assert.False(waiting.IsCompleted);
        }

        Assert.Equal(HttpStatusCode.OK, (await waiting).Status);
    }

    [Fact]
    public async Task A_picture_that_waits_past_its_deadline_is_not_decoded()
    {
        await using ServingHost host = await Start(new PictureOptions { AtOnce = 1, QueueLimit = 1 }, TimeSpan.FromMilliseconds(300));
        using (await Decoder(host).EnterAsync(TestContext.Current.CancellationToken))
        {
            (HttpStatusCode status, string text) = await Predict(host);
            Assert.Equal((HttpStatusCode.GatewayTimeout, "deadline_exceeded"), (status, ReasonIn(text)));
        }
    }

    [Fact]
    public async Task Nothing_more_is_decoded_when_nobody_waits_any_more()
    {
        using PictureDecoder decoder = new(new ServingOptions());
        using CancellationTokenSource impatience = new();
        IEnumerable<ReadOnlyMemory<byte>> Pictures()
        {
            yield return Seven;
            impatience.Cancel();
            yield return "no picture at all"u8.ToArray();
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            decoder.DecodeAsync(Pictures(), "input 'x'", new ImagePreprocessing { Height = 2, Width = 2, Channels = 1 }, impatience.Token));
    }

    private static Task<ServingHost> Start(PictureOptions pictures, TimeSpan? timeout = null) =>
        ServingHost.Start(new ServingOptions { Pictures = pictures, RequestTimeout = timeout ?? TimeSpan.FromSeconds(30) }, TestModels.Digits());

    private static PictureDecoder Decoder(ServingHost host) => host.Services.GetRequiredService<PictureDecoder>();

    private static string Numbers() =>
        $$"""{"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 12, 12, 1], "data": [{{string.Join(", ", Enumerable.Repeat("0.5", 144))}}]}]}""";

    private static string? ReasonIn(string text) => JsonDocument.Parse(text).RootElement.GetProperty("reason").GetString();

    private static async Task<(HttpStatusCode Status, string Text)> Predict(ServingHost host)
    {
        using ByteArrayContent content = new(Seven);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        using HttpResponseMessage response = await host.Client.PostAsync("/predict/digits", content, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
