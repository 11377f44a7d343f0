import java.io.ByteArrayInputStream;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Arrays;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;

/** What JDBC gets from a server, on standard output: HOST PORT USER PASSWORD. */
public class Gateway {
  public static void main(String[] given) throws Exception {
    for (String mode : new String[] {"extended", "simple", "extendedForPrepared"}) {
      Properties properties = new Properties();
      properties.setProperty("user", given[2]);
      properties.setProperty("password", given[3]);
      properties.setProperty("sslmode", "disable");
      properties.setProperty("preferQueryMode", mode);
      properties.setProperty("prepareThreshold", "5");
      properties.setProperty("binaryTransfer", "true");
      try (Connection connection = DriverManager.getConnection(
          "jdbc:postgresql://" + given[0] + ":" + given[1] + "/scratch", properties)) {
        System.out.println("== " + mode);
        prepared(connection, mode.equals("simple"));
        batches(connection);
        copy(connection);
        if (!mode.equals("simple")) largeObject(connection);
        cursor(connection);
        errors(connection);
        cancel(connection);
      }
    }
  }

  /** In simple mode the driver has no text for bytes. */
  private static void prepared(Connection connection, boolean isText) throws SQLException {
    // From the fifth time on the server keeps it prepared, and answers in binary.
    try (PreparedStatement statement = connection.prepareStatement(
        "SELECT ?::int4 + 1, ?::text, ?::numeric, ?::bytea, ?::timestamptz, ?::uuid, ARRAY[1,2,3]")) {
      for (int round = 0; round < 12; round++) {
        statement.setInt(1, round);
        statement.setString(2, "g\u00fcn'" + round);
        statement.setBigDecimal(3, new java.math.BigDecimal("12.50"));
        if (isText) {
          statement.setString(4, String.format("\\x0001%02x", round));
        } else {
          statement.setBytes(4, new byte[] {0, 1, (byte) round});
        }
        statement.setString(5, "2026-01-02 03:04:05+00");
        statement.setString(6, "00000000-0000-0000-0000-00000000000" + round % 10);
        try (ResultSet rows = statement.executeQuery()) {
          rows.next();
          System.out.println(rows.getInt(1) + " " + rows.getString(2) + " " + rows.getBigDecimal(3) + " "
              + Arrays.toString(rows.getBytes(4)) + " " + rows.getTimestamp(5).getTime() + " " + rows.getString(6) + " "
              + rows.getArray(7));
        }
      }
    }
  }

  private static void batches(Connection connection) throws SQLException {
    try (Statement plain = connection.createStatement()) {
      plain.execute("CREATE TEMP TABLE things (id int PRIMARY KEY, note text)");
    }
    connection.setAutoCommit(false);
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO things VALUES (?, ?)")) {
      for (int id = 0; id < 3000; id++) {
        insert.setInt(1, id);
        if (id % 7 == 0) insert.setNull(2, Types.VARCHAR); else insert.setString(2, "note " + id);
        insert.addBatch();
      }
      System.out.println(Arrays.stream(insert.executeBatch()).sum());
    }
    connection.commit();
    try (PreparedStatement insert = connection.prepareStatement(
        "INSERT INTO things VALUES (?, 'again') RETURNING id", Statement.RETURN_GENERATED_KEYS)) {
      for (int id : new int[] {5000, 17, 5001}) {
        insert.setInt(1, id);
        insert.addBatch();
      }
      insert.executeBatch();
    } catch (SQLException error) {
      System.out.println(error.getSQLState() + " " + error.getMessage());
    }
    connection.rollback();
    connection.setAutoCommit(true);
  }

  private static void copy(Connection connection) throws Exception {
    CopyManager copier = connection.unwrap(PGConnection.class).getCopyAPI();
    StringBuilder rows = new StringBuilder();
    for (int id = 10_000; id < 30_000; id++) rows.append(id).append("\tcopied ").append(id).append('\n');
    System.out.println(copier.copyIn("COPY things FROM STDIN",
        new ByteArrayInputStream(rows.toString().getBytes("UTF-8"))));
    StringWriter out = new StringWriter();
    System.out.println(copier.copyOut("COPY (SELECT * FROM things ORDER BY id) TO STDOUT", out));
    System.out.println(out.toString().hashCode() + " " + out.toString().length());
    try {
      copier.copyIn("COPY things FROM STDIN", new ByteArrayInputStream("no number\tx\n".getBytes("UTF-8")));
    } catch (SQLException error) {
      System.out.println(error.getSQLState());
    }
  }

  private static void largeObject(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    // Its calls are function calls of the protocol.
    LargeObjectManager manager = connection.unwrap(PGConnection.class).getLargeObjectAPI();
    long oid = manager.createLO(LargeObjectManager.READ | LargeObjectManager.WRITE);
    LargeObject object = manager.open(oid, LargeObjectManager.READ | LargeObjectManager.WRITE);
    byte[] block = new byte[100_000];
    for (int place = 0; place < block.length; place++) block[place] = (byte) (place * 31);
    for (int round = 0; round < 5; round++) object.write(block);
    object.seek(250_000);
    System.out.println(object.size() + " " + Arrays.hashCode(object.read(200_000)) + " " + object.tell());
    object.close();
    manager.delete(oid);
    connection.commit();
    connection.setAutoCommit(true);
  }

  private static void cursor(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    long sum = 0;
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(100);
      try (ResultSet rows = statement.executeQuery("SELECT generate_series(1, 5000)")) {
        while (rows.next()) sum += rows.getLong(1);
      }
    }
    System.out.println(sum);
    connection.commit();
    connection.setAutoCommit(true);
  }

  private static void errors(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT 1 / ?")) {
      for (int value : new int[] {1, 0, 2}) {
        statement.setInt(1, value);
        try (ResultSet rows = statement.executeQuery()) {
          rows.next();
          System.out.println(rows.getInt(1));
        } catch (SQLException error) {
          System.out.println(error.getSQLState() + " " + error.getMessage());
        }
      }
    }
  }

  private static void cancel(Connection connection) throws Exception {
    try (Statement statement = connection.createStatement()) {
      Thread canceller = new Thread(() -> {
        try {
          Thread.sleep(500);
          statement.cancel();
        } catch (Exception error) {
          System.out.println(error);
        }
      });
      canceller.start();
      try {
        statement.execute("SELECT pg_sleep(30)");
      } catch (SQLException error) {
        System.out.println(error.getSQLState());
      }
      canceller.join();
      try (ResultSet rows = statement.executeQuery("SELECT 'still here'")) {
        rows.next();
        System.out.println(rows.getString(1));
      }
    }
  }
}
