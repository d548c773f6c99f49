using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Nabla.Serving.Http;
using Nabla.Serving.Models;
using Nabla.Serving.Protos;
using Nabla.Serving.Tests.Hosts;
using Nabla.Serving.Tests.Telemetry;

namespace Nabla.Serving.Tests.Faults;

/// <summary>Messages of gRPC count among the bodies of all requests, and what they had is there for others again.</summary>
public sealed class GrpcBudgetTests
{
    private const int Room = 1_000_000;
    private const int Rows = 25_000;
    private static readonly Metadata Packed = new() { { "grpc-internal-encoding-request", "gzip" } };

    [Fact]
    public async Task A_message_that_there_is_no_room_for_is_refused_once_and_harms_no_other()
    {
        await using ServingHost host = await Start();
        using CountedRequests counts = new(host);
        using BodyShare others = Budget(host).Begin();
        others.Grow(Room - (100 * 1024));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => Ask(host, Question(Rows)));
        Assert.Equal((StatusCode.ResourceExhausted, "queue_full", "1"), (error.StatusCode, error.Trailers.GetValue("reason"), error.Trailers.GetValue("retry-after")));
        Assert.Contains($"as many bytes as they may, {Room}", error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(["unknown grpc queue_full"], counts.Failures);
        await Until(() => Budget(host).Bytes == others.Bytes);

        // A small one needs no room, and one for which there is room has it.
        Assert.Equal(12, await Ask(host, Question(1)));
        Assert.Equal(96_000, await Ask(host, Question(8000)));
        others.Dispose();
        Assert.Equal(12 * Rows, await Ask(host, Question(Rows)));
        await Until(() => Budget(host).Bytes == 0);
        Assert.Single(counts.Failures);
    }

    [Fact]
    public async Task A_message_has_room_for_what_it_unpacks_to()
    {
        await using ServingHost host = await Start();
        using BodyShare others = Budget(host).Begin();
        others.Grow(Room - (100 * 1024));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => Ask(host, Question(Rows), Packed));
        Assert.Equal((StatusCode.ResourceExhausted, "queue_full"), (error.StatusCode, error.Trailers.GetValue("reason")));
        others.Dispose();
        Assert.Equal(12 * Rows, await Ask(host, Question(Rows), Packed));
        await Until(() => Budget(host).Bytes == 0);
    }

    [Fact]
    public async Task The_largest_message_has_room_where_nothing_else_has()
    {
        await using ServingHost host = await Start();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => GrpcMessageTests.Send(host, new byte[Room]));
        Assert.Equal((StatusCode.InvalidArgument, "invalid_request"), (error.StatusCode, error.Trailers.GetValue("reason")));
        await Until(() => Budget(host).Bytes == 0);
    }

    [Fact]
    public async Task Many_calls_at_once_are_taken_or_refused_and_leave_nothing_behind()
    {
        using GatedModel model = new() { Batches = false };
        await using ServingHost host = await Start(model);
        using CountedRequests counts = new(host);
        using CancellationTokenSource impatience = new();
        Task<int> first = Ask(host, Question("x", Rows * 3, 1), cancellationToken: impatience.Token);
        await Until(() => model.Running == 1);
        Task<int>[] calls = [first, .. Enumerable.Range(0, 23).Select(_ => Ask(host, Question("x", Rows * 3, 1), cancellationToken: impatience.Token))];
        await Until(() => calls.Count(call => call.IsCompleted) + host.Repository.Find("x").Stable!.Replicas.Pending + model.Running == 24);
        int refused = calls.Count(call => call.IsCompleted);
        Assert.InRange(refused, 21, 23);
        Assert.InRange(Budget(host).Bytes, 12 * Rows * (24 - refused), Room);

        await impatience.CancelAsync();
        RpcException[] errors = await Task.WhenAll(calls.Select(call => Assert.ThrowsAsync<RpcException>(() => call)));
        Assert.Equal((refused, 24 - refused), (errors.Count(error => error.StatusCode == StatusCode.ResourceExhausted), errors.Count(error => error.StatusCode == StatusCode.Cancelled)));
        await Until(() => Budget(host).Bytes == 0);
        Assert.Equal(refused, counts.Failures.Count(failure => failure == "unknown grpc queue_full"));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Assert.ThrowsAsync<RpcException>(() => GrpcMessageTests.Send(host, new byte[300_000]))));
        await Until(() => Budget(host).Bytes == 0);
        model.Open(24);
        Assert.Equal(12 * Rows, await Ask(host, Question("x", Rows * 3, 1)));
    }

    [Fact]
    public async Task A_message_that_comes_slowly_counts_until_its_caller_goes_away()
    {
        await using ServingHost host = await Start();
        using CancellationTokenSource impatience = new();
        Channel<byte[]> pieces = Channel.CreateUnbounded<byte[]>();
        using PieceContent content = new(pieces.Reader);
        using HttpClient client = new() { BaseAddress = new Uri(host.GrpcAddress) };
        using HttpRequestMessage asked = new(HttpMethod.Post, "/inference.GRPCInferenceService/ModelInfer")
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        await pieces.Writer.WriteAsync([0, 0, 0, 0x30, 0], TestContext.Current.CancellationToken);
        Task<HttpResponseMessage> answer = client.SendAsync(asked, impatience.Token);
        for (int piece = 1; piece <= 3; piece++)
        {
            await pieces.Writer.WriteAsync(new byte[3000], TestContext.Current.CancellationToken);
            await Until(() => Budget(host).Bytes == 3000 * piece);
        }

        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await Until(() => Budget(host).Bytes == 0);
    }

    // The bytes of the answer.
    private static async Task<int> Ask(ServingHost host, ModelInferRequest request, Metadata? headers = null, CancellationToken? cancellationToken = null)
    {
        ModelInferResponse answer = await new GRPCInferenceService.GRPCInferenceServiceClient(host.Channel).ModelInferAsync(
            request, headers, cancellationToken: cancellationToken ?? TestContext.Current.CancellationToken);
        return answer.RawOutputContents.Single().Length;
    }

    private static ModelInferRequest Question(int rows) => Question("float32", rows, 3);

    // Numbers that a gated model waits at.
    private static ModelInferRequest Question(string input, int rows, int columns)
    {
        float[] numbers = new float[rows * columns];
        Array.Fill(numbers, 100);
        ModelInferRequest request = Protocol.GrpcTests.Request("x", "FP32", [rows, columns], input);
        request.RawInputContents.Add(ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(numbers)));
        return request;
    }

    private static Task<ServingHost> Start(IServedModel? model = null) => ServingHost.Start(
        new ServingOptions { MaxRequestBytes = Room, MaxBytesInFlight = Room, Defaults = new ModelOptions { MaxReplicas = 1 } },
        new Dictionary<string, IServedModel> { ["x"] = model ?? new EchoModel(DataType.Float32) });

    private static BodyBudget Budget(ServingHost host) => host.Services.GetRequiredService<BodyBudget>();

    private static async Task Until(Func<bool> condition)
    {
        for (int round = 0; round < 1000 && !condition(); round++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.True(condition(), "What was waited for did not come.");
    }

    /// <summary>Sends each piece at once.</summary>
    private sealed class PieceContent : HttpContent
    {
        private readonly ChannelReader<byte[]> pieces;

        public PieceContent(ChannelReader<byte[]> pieces)
        {
            this.pieces = pieces;
            Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await foreach (byte[] piece in pieces.ReadAllAsync(cancellationToken))
            {
                await stream.WriteAsync(piece, cancellationToken);
                await stream.FlushAsync(cancellationToken);
            }
        }
    }
}
